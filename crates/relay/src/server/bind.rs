//! Where the door stands: a port on this computer, on the network if a person wants that, and a file beside it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// Tried in order when the wanted port is taken, so that the address stays near the known one.
const NEXT_PORTS: u16 = 20;
const BACKLOG: i32 = 1024;

/// Where callers come in.
pub(super) enum Listener {
    Net(TcpListener),
    #[cfg(unix)]
    File(UnixListener),
}

pub(super) enum Caller {
    Net(TcpStream),
    #[cfg(unix)]
    File(UnixStream),
}

impl Listener {
    pub(super) async fn accept(&self) -> io::Result<Caller> {
        match self {
            Self::Net(listener) => Ok(Caller::Net(listener.accept().await?.0)),
            #[cfg(unix)]
            Self::File(listener) => Ok(Caller::File(listener.accept().await?.0)),
        }
    }
}

/// The wanted port, one of its neighbours, or any. Only "taken" moves on: "not permitted" would not get better.
pub(super) async fn port(wanted: u16, lan: bool) -> io::Result<Vec<TcpListener>> {
    let address = if lan {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    };
    let near = (0..=NEXT_PORTS).map_while(|step| wanted.checked_add(step));
    for port in near.chain([0]) {
        match TcpListener::bind((address, port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
            Ok(first) => {
                let port = first.local_addr()?.port();
                // Some tools try `::1` first when told localhost. A computer without IPv6 has no such tools.
                let second = beside(port, lan).ok();
                return Ok([Some(first), second].into_iter().flatten().collect());
            }
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// The same port under IPv6, and only there, or it would take the other's callers on some systems.
fn beside(port: u16, lan: bool) -> io::Result<TcpListener> {
    let address = if lan {
        Ipv6Addr::UNSPECIFIED
    } else {
        Ipv6Addr::LOCALHOST
    };
    let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_only_v6(true)?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((address, port)).into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The address by which other computers reach this one; none where there is no network. Nothing is sent: the system only
/// says which way it would go.
pub(super) fn lan_address() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address for documentation, which nobody has.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// A socket that only its own user can open, from its first moment on: it gets its name when it is ready.
#[cfg(unix)]
pub(super) fn file(path: &Path) -> io::Result<Listener> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    use std::os::unix::net::UnixStream as Probe;

    if let Ok(found) = std::fs::symlink_metadata(path) {
        // Never somebody's file, and never the socket of a program that still answers.
        let is_left_over = found.file_type().is_socket() && Probe::connect(path).is_err();
        if !is_left_over {
            return Err(io::ErrorKind::AddrInUse.into());
        }
    }
    let mut unnamed = path.as_os_str().to_owned();
    unnamed.push(format!(".{}", std::process::id()));
    let unnamed = std::path::PathBuf::from(unnamed);
    let _ = std::fs::remove_file(&unnamed);
    let listener = UnixListener::bind(&unnamed)?;
    let named = std::fs::set_permissions(&unnamed, std::fs::Permissions::from_mode(0o600))
        .and_then(|()| std::fs::rename(&unnamed, path));
    if let Err(error) = named {
        let _ = std::fs::remove_file(&unnamed);
        return Err(error);
    }
    Ok(Listener::File(listener))
}

#[cfg(not(unix))]
pub(super) fn file(_: &Path) -> io::Result<Listener> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "this system has no Unix sockets",
    ))
}
