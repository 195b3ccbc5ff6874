//! Where keys are kept, and the explicit alternative where there is no keychain.

use nexdesk_vault::{Place, Secret, Standing, Vault, VaultError};

use crate::App;
use crate::problem::{Problem, ProblemCode};
use crate::status::{VaultState, VaultStatus};

impl App {
    /// Keeps keys in a file encrypted with `passphrase` from now on.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub async fn create_file_vault(&self, passphrase: String) -> Result<VaultStatus, Problem> {
        if passphrase.chars().count() < 8 {
            let said = "Choose a passphrase of at least 8 characters; it is all that protects the keys.";
            return Err(Problem::new(ProblemCode::InvalidInput, said));
        }
        let passphrase = Secret::new(passphrase);
        self.with_vault(move |vault| vault.create_file(passphrase))
            .await?;
        Ok(self.vault_status())
    }

    /// Opens the encrypted file.
    ///
    /// # Errors
    /// When the passphrase is not the right one.
    pub async fn unlock_vault(&self, passphrase: String) -> Result<VaultStatus, Problem> {
        let passphrase = Secret::new(passphrase);
        self.with_vault(move |vault| vault.unlock(passphrase)).await?;
        Ok(self.vault_status())
    }

    pub(crate) fn vault_status(&self) -> VaultStatus {
        let Standing { place, sentence } = self.0.vault.standing();
        let state = match place {
            Place::Keychain => VaultState::Keychain,
            Place::File => VaultState::File,
            Place::Locked => VaultState::Locked,
            Place::Missing => VaultState::Missing,
        };
        VaultStatus { state, sentence }
    }

    /// The keychain may ask its person something, and the file's passphrase is slow on purpose: never on the engine.
    pub(crate) async fn with_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Problem> {
        let vault = self.0.vault.clone();
        let done = self.0.engine.handle().spawn_blocking(move || work(&vault)).await;
        done.map_err(|_| Problem::new(ProblemCode::Internal, "The keychain's answer got lost."))?
            .map_err(Problem::from)
    }
}
