//! Subscriptions and what was told last, kept beside the record in a database of their own.
//!
//! Why not in the record's database: subscriptions are wiped when somebody leaves, and their writes must never stand in the way of
//! the record's. What always holds: what [`Book::add`] and [`Book::remove`] did is on the disk when they return; a subscription
//! names communities and nothing else of a person.

use super::message::Said;
use super::seal::Reader;
use crate::chain::Language;
use anyhow::Context as _;
use model::Code;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the record's folder.
const FILE: &str = "push.db";
/// "ACPU", and the number of the schema below.
const APPLICATION_ID: i64 = 0x4143_5055;
const SCHEMA: i64 = 1;

const TABLES: &str = "
    CREATE TABLE subscriptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        endpoint TEXT NOT NULL UNIQUE,
        p256dh BLOB,
        auth BLOB,
        lang TEXT NOT NULL,
        advisories INTEGER NOT NULL,
        communities TEXT NOT NULL
    ) STRICT;
    CREATE TABLE told (
        community TEXT NOT NULL,
        advisories INTEGER NOT NULL,
        said TEXT NOT NULL,
        PRIMARY KEY (community, advisories)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE owed (
        subscription INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
        community TEXT NOT NULL,
        PRIMARY KEY (subscription, community)
    ) STRICT, WITHOUT ROWID;
";

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where its messages are posted; a secret of the subscriber.
    pub endpoint: String,
    /// For whom they are encrypted; `None`: a plain RFC 8030 endpoint, which gets them in clear.
    pub reader: Option<Reader>,
    /// In which language.
    pub language: Language,
    /// Whether our own forecast is told too.
    pub advisories: bool,
    /// Of which communities, ascending.
    pub communities: Vec<Code>,
}

/// What the file holds.
#[derive(Debug, Default)]
pub struct Kept {
    /// By their numbers.
    pub subscriptions: BTreeMap<u64, Subscription>,
    /// What was told last of a community, with or without advisories.
    pub told: BTreeMap<(Code, bool), Said>,
    /// Who had not been told yet, of which community.
    pub owed: Vec<(u64, Code)>,
}

/// The file.
#[derive(Debug)]
pub struct Book {
    db: Connection,
    path: PathBuf,
}

impl Book {
    /// Opens the file in `folder`, or makes it, and reads all of it.
    pub fn open(folder: &Path) -> anyhow::Result<(Self, Kept)> {
        let path = folder.join(FILE);
        let failed = || format!("failed to use {}", path.display());
        let db = Connection::open(&path).with_context(failed)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).with_context(failed)?;
        db.busy_timeout(Duration::from_secs(5)).with_context(failed)?;
        db.pragma_update(None, "journal_mode", "wal").with_context(failed)?;
        db.pragma_update(None, "synchronous", "full").with_context(failed)?;
        db.pragma_update(None, "foreign_keys", true).with_context(failed)?;
        // Who leaves is not to be found in free pages.
        db.pragma_update(None, "secure_delete", true).with_context(failed)?;
        let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let (application, found) =
            (number("application_id").with_context(failed)?, number("user_version").with_context(failed)?);
        match (application, found) {
            (0, 0) => {
                let tx = db.unchecked_transaction().with_context(failed)?;
                tx.execute_batch(TABLES).with_context(failed)?;
                tx.pragma_update(None, "application_id", APPLICATION_ID).with_context(failed)?;
                tx.pragma_update(None, "user_version", SCHEMA).with_context(failed)?;
                tx.commit().with_context(failed)?;
            }
            (APPLICATION_ID, 1..=SCHEMA) => {}
            (APPLICATION_ID, _) => anyhow::bail!("{}: it was written by a newer version ({found})", failed()),
            _ => anyhow::bail!("{}: it is another program's database", failed()),
        }
        let book = Self { db, path };
        let kept = book.read().with_context(|| format!("failed to read {}", book.path.display()))?;
        Ok((book, kept))
    }

    fn read(&self) -> rusqlite::Result<Kept> {
        let mut kept = Kept::default();
        let mut rows =
            self.db.prepare("SELECT id, endpoint, p256dh, auth, lang, advisories, communities FROM subscriptions")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (id, endpoint): (u64, String) = (row.get(0)?, row.get(1)?);
            let (key, auth): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
            let reader = match (key, auth) {
                (Some(key), Some(auth)) => match Reader::new(&key, &auth) {
                    Ok(reader) => Some(reader),
                    Err(error) => {
                        tracing::error!(id, "a kept subscription is not taken up: failed to {error}");
                        continue;
                    }
                },
                _ => None,
            };
            let language = if row.get::<_, String>(4)? == "en" { Language::En } else { Language::Uk };
            let communities = row.get::<_, String>(6)?.split(' ').filter_map(|code| code.parse().ok()).collect();
            let advisories = row.get(5)?;
            kept.subscriptions.insert(id, Subscription { endpoint, reader, language, advisories, communities });
        }
        let mut rows = self.db.prepare("SELECT community, advisories, said FROM told")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let code = row.get::<_, String>(0)?.parse::<Code>().ok();
            let said = serde_json::from_str::<Said>(&row.get::<_, String>(2)?).ok();
            if let Some((code, said)) = code.zip(said) {
                kept.told.insert((code, row.get(1)?), said);
            }
        }
        let mut rows = self.db.prepare("SELECT subscription, community FROM owed")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(code) = row.get::<_, String>(1)?.parse::<Code>() {
                kept.owed.push((row.get(0)?, code));
            }
        }
        Ok(kept)
    }

    /// Adds a subscription, in the place of one with the same endpoint. Gives its number, which is never another's.
    pub fn add(&mut self, subscription: &Subscription) -> rusqlite::Result<u64> {
        let Subscription { endpoint, reader, language, advisories, communities } = subscription;
        let codes = communities.iter().map(Code::as_str).collect::<Vec<_>>().join(" ");
        let (key, auth) = (reader.as_ref().map(Reader::p256dh), reader.as_ref().map(|reader| reader.auth().to_vec()));
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM subscriptions WHERE endpoint = ?1", [endpoint])?;
        tx.execute(
            "INSERT INTO subscriptions (endpoint, p256dh, auth, lang, advisories, communities) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![endpoint, key, auth, language.of("uk", "en"), advisories, codes],
        )?;
        let id = tx.last_insert_rowid();
        tx.commit()?;
        u64::try_from(id).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, id))
    }

    /// Removes a subscription and everything known of it.
    pub fn remove(&mut self, id: u64) -> rusqlite::Result<()> {
        self.db.execute("DELETE FROM subscriptions WHERE id = ?1", [id])?;
        // It must not be found in the log of writes either.
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Keeps what was told of every community, and who has not been told yet.
    pub fn keep(&mut self, told: &[((Code, bool), Said)], owed: &[(u64, Code)]) -> rusqlite::Result<()> {
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM told", [])?;
        for ((code, advisories), said) in told {
            let said = serde_json::to_string(said).unwrap_or_default();
            tx.execute("INSERT INTO told VALUES (?1, ?2, ?3)", params![code.as_str(), advisories, said])?;
        }
        tx.execute("DELETE FROM owed", [])?;
        for (id, code) in owed {
            tx.execute("INSERT OR IGNORE INTO owed VALUES (?1, ?2)", params![id, code.as_str()])?;
        }
        tx.commit()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::message::tests::{KONOTOP, picture, state};
    use super::*;
    use model::CommunityStatus;

    pub(in crate::deliver::push) fn subscription(endpoint: &str, advisories: bool) -> Subscription {
        let pair = super::super::seal::drawn().unwrap();
        let key = super::super::seal::point(&pair.public_key());
        Subscription {
            endpoint: endpoint.into(),
            reader: Some(Reader::new(&key, &[7; 16]).unwrap()),
            language: Language::Uk,
            advisories,
            communities: vec![KONOTOP.parse().unwrap()],
        }
    }

    #[test]
    fn what_is_kept_is_read_back_and_who_leaves_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let one = subscription("https://push.example.org/the-secret-of-one", true);
        let plain =
            Subscription { reader: None, language: Language::En, ..subscription("https://up.example/2", false) };
        let code: Code = KONOTOP.parse().unwrap();
        let said = Said::of(&state(KONOTOP, CommunityStatus::Active), &picture(Vec::new()), true, [code].into());
        let (first, second) = {
            let (mut book, kept) = Book::open(dir.path()).unwrap();
            assert!(kept.subscriptions.is_empty() && kept.told.is_empty() && kept.owed.is_empty());
            let (first, second) = (book.add(&one).unwrap(), book.add(&plain).unwrap());
            book.keep(&[((code, true), said.clone())], &[(first, code), (second, code)]).unwrap();
            (first, second)
        };
        assert_eq!(std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        let (mut book, kept) = Book::open(dir.path()).unwrap();
        assert_eq!(kept.subscriptions, BTreeMap::from([(first, one.clone()), (second, plain)]));
        assert_eq!(kept.told, BTreeMap::from([((code, true), said)]));
        assert_eq!(kept.owed, [(first, code), (second, code)]);

        // Chosen anew: another number, so that what was on its way to the old one finds nobody.
        let again = book.add(&Subscription { communities: Vec::new(), ..one }).unwrap();
        assert!(again > second);
        book.remove(again).unwrap();
        for file in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(17).any(|part| part == b"the-secret-of-one"), "left in a file");
        }
        drop(book);
        let (_, kept) = Book::open(dir.path()).unwrap();
        assert_eq!((kept.subscriptions.len(), kept.owed), (1, vec![(second, code)]));
    }

    #[test]
    fn a_database_of_another_program_or_of_the_future_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let db = Connection::open(dir.path().join(FILE)).unwrap();
        db.pragma_update(None, "application_id", 7).unwrap();
        assert!(Book::open(dir.path()).unwrap_err().to_string().contains("another program"));
        db.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        db.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
        assert!(Book::open(dir.path()).unwrap_err().to_string().contains("newer version"));
    }
}
