/**
 * Three tones for one's own community, told apart by ear: rising (alert), a double note (elevated), falling (all-clear).
 * Silent until the reader switches it on, which browsers demand and sleepers deserve.
 */
export type Tone = 'active' | 'elevated' | 'clear' | 'unknown';

/** Frequencies in hertz, one note after another. */
const NOTES: Record<Tone, readonly number[]> = {
  active: [440, 587, 880, 440, 587, 880],
  elevated: [587, 587],
  clear: [659, 523, 392],
  unknown: [330, 330, 330],
};
const NOTE_S = 0.22;

let context: AudioContext | null = null;

/** Switches sound on; only within a gesture of the reader. Plays the quiet double note as a proof. */
export function soundOn(): void {
  context ??= new AudioContext();
  void context.resume();
  play('elevated');
}

export function soundOff(): void {
  void context?.close();
  context = null;
}

export function play(tone: Tone): void {
  if (context === null) return;
  NOTES[tone].forEach((hertz, i) => {
    const at = context!.currentTime + i * (NOTE_S + 0.03);
    const oscillator = new OscillatorNode(context!, { frequency: hertz, type: 'triangle' });
    const gain = new GainNode(context!, { gain: 0 });
    // Soft edges: a click is not part of the signal.
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.5, at + 0.02);
    gain.gain.linearRampToValueAtTime(0, at + NOTE_S);
    oscillator.connect(gain).connect(context!.destination);
    oscillator.start(at);
    oscillator.stop(at + NOTE_S);
  });
}
