//! Nexconn-AI documents its key without `Bearer`, and its twin with it: both are tried, and what worked is remembered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use nexdesk_app::keys::{AddGateway, AddKey};
use nexdesk_tests::World;

#[tokio::test]
async fn a_gateway_that_wants_the_bare_key_gets_it_after_one_refusal_and_from_then_on() {
    let (url, seen) = gateway_that_wants("sk-bare");
    let world = World::new().await;
    let ask = AddGateway {
        preset: "nexconn".into(),
        name: "Nexconn".into(),
        base_url: url,
    };
    let gateway = world.app().add_gateway(ask).await.unwrap().id;
    let ask = AddKey {
        gateway: gateway.clone(),
        name: "only".into(),
        secret: "sk-bare".into(),
    };
    world.app().add_key(ask).await.unwrap();
    let check = world.app().check_key(&gateway, None).await.unwrap();
    assert!(check.ok, "{check:?}");
    assert_eq!(
        *seen.lock().unwrap(),
        ["Bearer sk-bare", "sk-bare"],
        "both forms were tried, in this order"
    );

    let heard = world.cursor().await.asks("nexconn/m", "Hello").await;
    assert_eq!((heard.status, heard.text().as_str()), (200, "Hi"));
    assert_eq!(seen.lock().unwrap().last().unwrap(), "sk-bare");
    assert_eq!(
        seen.lock().unwrap().len(),
        3,
        "the form that worked was remembered"
    );
}

fn gateway_that_wants(key: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    std::thread::spawn(move || {
        listener
            .incoming()
            .flatten()
            .for_each(|socket| answer(socket, key, &noted))
    });
    (url, seen)
}

fn answer(mut socket: TcpStream, key: &str, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let (mut length, mut presented, mut line) = (0, String::new(), String::new());
    while reader.read_line(&mut line).unwrap() > 2 {
        let (name, value) = line.trim().split_once(": ").unwrap_or_default();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => value.clone_into(&mut presented),
            _ => {}
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let (status, body) = match presented == key {
        true => (
            "200 OK",
            r#"{"data":[{"id":"m"}],"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#,
        ),
        false => (
            "401 Unauthorized",
            r#"{"error":{"message":"no","code":"invalid_api_key"}}"#,
        ),
    };
    seen.lock().unwrap().push(presented);
    write!(socket, "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
}
