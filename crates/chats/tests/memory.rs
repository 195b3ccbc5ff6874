//! A large export in little memory: its own process, because it looks at the most this process ever used.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use std::io::{BufWriter, Write as _};

use nexdesk_chats::open;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The most memory this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[test]
fn an_array_of_a_hundred_megabytes_takes_the_memory_of_its_conversations() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conversations.json");
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let words = "many words ".repeat(1_000);
    file.write_all(b"[").unwrap();
    for at in 0..10_000 {
        let comma = if at == 0 { "" } else { "," };
        write!(
            file,
            r#"{comma}{{"uuid":"c{at}","name":"n","chat_messages":[{{"uuid":"m","sender":"human","text":"{words}"}}]}}"#
        )
        .unwrap();
    }
    file.write_all(b"]").unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > 100 << 20);
    let packed = folder.path().join("export.zip");
    let mut zip = ZipWriter::new(std::fs::File::create(&packed).unwrap());
    zip.start_file("conversations.json", SimpleFileOptions::default())
        .unwrap();
    std::io::copy(&mut std::fs::File::open(&path).unwrap(), &mut zip).unwrap();
    zip.finish().unwrap();

    for chosen in [&path, &packed] {
        let before = peak();
        let export = open(chosen).unwrap();
        let good = export.conversations().unwrap().filter(Result::is_ok).count();
        assert_eq!(good, 10_000);
        let grown = peak().saturating_sub(before);
        assert!(
            grown < 24 << 20,
            "{} took {} MB more",
            chosen.display(),
            grown >> 20
        );
    }
}
