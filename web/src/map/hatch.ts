/** Hatches drawn in the page, so that a state is told by more than its colour. */
import type { Look } from './layer';

/** The tile of one state: red crossed, yellow dotted, elevated level lines, unknown slanted, clear nothing. */
export function hatch(look: Look, colour: string): ImageData {
  const size = 24;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext('2d');
  if (pen === null) return new ImageData(size, size);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  const slant = (step: number, width: number, up: boolean): void => {
    pen.lineWidth = width;
    pen.beginPath();
    for (let x = -size; x <= 2 * size; x += step) {
      pen.moveTo(x, up ? size : 0);
      pen.lineTo(x + size, up ? 0 : size);
    }
    pen.stroke();
  };
  if (look === 'unknown') slant(12, 2.4, true);
  if (look === 'red') slant(24, 3, false);
  if (look === 'elevated') {
    pen.fillRect(0, 5, size, 2);
    pen.fillRect(0, 17, size, 2);
  }
  if (look === 'yellow') {
    for (const [x, y] of [[6, 6], [18, 18]] as const) {
      pen.beginPath();
      pen.arc(x, y, 2.6, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  return pen.getImageData(0, 0, size, size);
}
