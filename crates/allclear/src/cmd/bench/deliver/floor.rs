//! The floor: what the kernel costs. One write to each socket in a plain loop, and nothing else.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// Serves: the first connection commands, each further one listens. A line `MARK BYTES` sends so many bytes that begin with
/// the mark to all.
pub fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("floor {}", listener.local_addr()?);
    let (control, _) = listener.accept()?;
    let readers: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let joined = readers.clone();
    std::thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            let _ = socket.set_nodelay(true);
            joined.lock().unwrap_or_else(PoisonError::into_inner).push(socket);
        }
    });
    for line in BufReader::new(control).lines() {
        let line = line?;
        let (mark, bytes) = line.split_once(' ').unwrap_or((&line, "0"));
        let mut frame = mark.as_bytes().to_vec();
        frame.resize(bytes.parse::<usize>()?.max(frame.len()), b'x');
        for socket in readers.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            // Who is gone is counted by the readers.
            let _ = socket.write(&frame);
        }
    }
    Ok(())
}
