//! Films of every family through one API, as a tool sees them: over HTTP, and with the record and the budget to match.

use http::header::CONTENT_TYPE;
use nexdesk_ledger::JobState;
use nexdesk_tests::{Cursor, Heard, Setup, World};
use serde_json::{Value, json};

use super::house::{House, film};
use super::studio::{FILMS, is_film};

#[tokio::test]
async fn a_film_of_every_family_is_ordered_asked_for_and_fetched_through_openais_videos() {
    let house = House::new().await;
    for (family, model) in FILMS {
        let heard = house.posts("/v1/videos", film(model)).await;
        let early = heard.json();
        let id = early["id"].as_str().unwrap();
        assert_eq!(
            (&early["object"], &early["status"], &early["model"]),
            (&json!("video"), &json!("queued"), &json!(model)),
            "{family:?}"
        );
        assert!(!heard.header("x-nexdesk-request-id").is_empty());
        assert_eq!(heard.header("x-nexdesk-gateway"), "Upstream");
        let content = format!("/v1/videos/{id}/content");
        assert_eq!(
            house.cursor.gets(&content).await.status,
            400,
            "{family:?}: not yet"
        );

        let done = house.ends(id).await;
        assert_eq!(done["status"], "completed", "{family:?}: {done}");
        let film = house.cursor.gets(&content).await;
        assert_eq!(film.header("content-type"), "video/mp4", "{family:?}");
        assert!(is_film(&film.bytes()) && film.whole, "{family:?}");
        assert_eq!(film.header("content-length"), film.bytes().len().to_string());
    }
    assert_eq!(house.orders_seen().len(), FILMS.len(), "each was ordered once");
}

#[tokio::test]
async fn where_the_gateway_speaks_openais_videos_its_own_bytes_pass() {
    let house = House::new().await;
    let ask = " {\"model\" : \"sandbox-video\",\n\"prompt\":\"caf\\u00e9\" }";
    let heard = house.cursor.sends("/v1/videos", ask).await;
    assert_eq!(house.orders_seen()[0].body, ask.as_bytes());
    let id = heard.json()["id"].as_str().unwrap().to_owned();
    assert!(
        house.world.app().ledger().job(&id).unwrap().is_none(),
        "it is no job of ours"
    );
    let through = house.cursor.gets(&format!("/v1/videos/{id}")).await;
    assert_eq!(through.json()["prompt"], "café");
    let seen = house.world.seen().pop().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.path),
        ("GET", format!("/v1/videos/{id}"))
    );
}

#[tokio::test]
async fn a_caller_of_new_api_orders_and_asks_in_new_apis_words() {
    let house = House::new().await;
    for model in ["sandbox-veo", "sandbox-kling"] {
        let ordered = house.posts("/v1/video/generations", film(model)).await.json();
        let id = ordered["task_id"].as_str().unwrap().to_owned();
        assert_eq!((id.len(), &id[..5]), (37, "task_"), "{ordered}");
        let path = format!("/v1/video/generations/{id}");
        assert_eq!(house.cursor.gets(&path).await.json()["data"]["status"], "QUEUED");
        house.ends(&id).await;
        let done = house.cursor.gets(&path).await.json();
        assert_eq!(
            (&done["data"]["status"], &done["data"]["progress"]),
            (&json!("SUCCESS"), &json!("100%"))
        );
        assert!(
            done["data"]["result_url"]
                .as_str()
                .unwrap()
                .starts_with("http://"),
            "{done}"
        );
        let film = house.cursor.gets(&format!("/v1/videos/{id}/content")).await;
        assert!(is_film(&film.bytes()));
    }
    let unheard = house.cursor.gets("/v1/video/generations/task_unheard_of_1").await;
    assert_eq!(unheard.json()["code"], "task_not_exist", "a gateway's own word");
    let own = house
        .posts("/v1/video/generations", film("sandbox-task"))
        .await
        .json();
    let id = own["task_id"].as_str().unwrap();
    assert!(
        !house.world.app().relay().jobs().has(id),
        "who speaks new-api is passed through to"
    );
}

#[tokio::test]
async fn a_gateway_without_openais_videos_is_taken_for_a_new_api_from_then_on() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let house = House { world, cursor };
    for _ in 0..2 {
        let id = house.orders("sandbox-task").await;
        assert_eq!(house.ends(&id).await["status"], "completed");
    }
    let paths: Vec<_> = house.orders_seen().into_iter().map(|seen| seen.path).collect();
    let (openai, new_api) = ("/v1/videos", "/v1/video/generations");
    assert_eq!(paths, [openai, new_api, new_api]);
}

#[tokio::test]
async fn a_tool_sees_only_its_own_films() {
    let house = House::new().await;
    let id = house.orders("sandbox-veo").await;
    let made = house.world.app().create_token("Zed").await.unwrap();
    let zed = Cursor::new(&house.world.relay(), &made.secret);
    let before = house.world.seen().len();
    for path in [format!("/v1/videos/{id}"), format!("/v1/videos/{id}/content")] {
        let heard = zed.gets(&path).await;
        assert_eq!(
            (heard.status, heard.error_code().as_deref()),
            (404, Some("not_found"))
        );
    }
    let removed = Heard::of(zed.request(http::Method::DELETE, &format!("/v1/videos/{id}"))).await;
    assert_eq!(removed.status, 404);
    let remixed = zed
        .sends(&format!("/v1/videos/{id}/remix"), "{\"prompt\":\"x\"}")
        .await;
    assert_eq!(remixed.status, 404);
    assert_eq!(house.world.seen().len(), before, "no gateway was asked");
    let own = house.cursor.gets("/v1/videos").await.json();
    assert_eq!(own["data"][0]["id"], id);
    let window = house.world.app().relay().jobs().find(&id, None);
    assert_eq!(window.unwrap().state, JobState::Queued);
}

#[tokio::test]
async fn a_list_shows_ours_first_and_then_a_gateways_own_page_by_page() {
    let house = House::new().await;
    let ours = [
        house.orders("sandbox-veo").await,
        house.orders("sandbox-vidu").await,
    ];
    let theirs = house.orders("sandbox-video").await;
    house.world.app().ledger().flush().await.unwrap();
    let page = async |query: String| house.cursor.gets(&format!("/v1/videos?{query}")).await.json();
    let ids = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().unwrap().iter();
        data.map(|film| film["id"].as_str().unwrap().to_owned()).collect()
    };
    let mine = |id: &String| ours.contains(id);
    let all = ids(&page("limit=50".into()).await);
    assert!(mine(&all[0]) && mine(&all[1]) && all.contains(&theirs), "{all:?}");
    let (mut seen, mut after) = (Vec::new(), String::new());
    for _ in 0..3 {
        let said = page(format!("limit=1{after}")).await;
        seen.extend(ids(&said).into_iter().take(1));
        after = format!("&after={}", said["last_id"].as_str().unwrap());
    }
    assert_eq!(seen[..3], all[..3]);
}

#[tokio::test]
async fn a_gateway_that_does_not_know_the_film_yet_names_a_strange_place_or_a_link_that_dies_is_no_trouble() {
    let house = House::new().await;
    for model in [
        "upstream/sandbox-veo-404-first",
        "upstream/sandbox-vidu-foreign-status-url",
        "upstream/sandbox-seedance-link-expires",
    ] {
        let id = house.orders(model).await;
        assert_eq!(house.ends(&id).await["status"], "completed", "{model}");
        let fetch = async || house.cursor.gets(&format!("/v1/videos/{id}/content")).await;
        assert!(is_film(&fetch().await.bytes()), "{model}");
        assert!(is_film(&fetch().await.bytes()), "{model}: again");
    }
    let seen = house.world.seen();
    let links: Vec<_> = seen
        .iter()
        .filter(|seen| seen.path.starts_with("/files/"))
        .collect();
    assert!(!links.is_empty() && links.iter().all(|seen| seen.header("authorization").is_none()));
    let polls = seen
        .iter()
        .filter(|seen| seen.path.contains("/queue/") && seen.method == "GET");
    assert!(
        polls.count() > 0,
        "the foreign address was asked at the gateway itself"
    );
}

#[tokio::test]
async fn a_deleted_film_is_gone_and_asked_for_no_more() {
    let house = House::new().await;
    let id = house.orders("sandbox-veo").await;
    let path = format!("/v1/videos/{id}");
    let told = house.deletes(&path).await;
    assert_eq!(
        told.json(),
        json!({"id": id, "object": "video.deleted", "deleted": true})
    );
    house.later().await;
    assert!(
        house
            .world
            .seen()
            .iter()
            .all(|seen| seen.method != "GET" || !seen.path.contains("/videos/"))
    );
    assert_eq!(house.deletes(&path).await.status, 404);
}

#[tokio::test]
async fn a_remix_is_another_film_where_the_family_has_it_and_a_plain_no_elsewhere() {
    let house = House::new().await;
    let remixed = async |id: &str| {
        house
            .posts(&format!("/v1/videos/{id}/remix"), json!({"prompt": "at night"}))
            .await
    };
    let id = house.orders("sandbox-kling").await;
    house.ends(&id).await;
    let heard = remixed(&id).await;
    assert_eq!(heard.json()["remixed_from_video_id"], id, "{}", heard.plain());
    let remix = heard.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(house.ends(&remix).await["status"], "completed");
    assert_eq!(house.exchange_of(&remix).await.cost_nano, Some(300_000_000));

    let veo = house.orders("sandbox-veo").await;
    let heard = remixed(&veo).await;
    assert_eq!(heard.status, 400);
    assert!(
        heard.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("cannot remix")
    );
    assert_eq!(house.orders_seen().len(), 3);
}

#[tokio::test]
async fn an_order_may_be_a_form_with_a_picture() {
    let house = House::new().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nsandbox-veo\r\n\
        --b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na sunrise\r\n\
        --b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a.png\"\r\nContent-Type: image/png\
        \r\n\r\nPNG\r\n--b--\r\n";
    let asked = house.cursor.request(http::Method::POST, "/v1/videos");
    let heard = Heard::of(
        asked
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(form),
    )
    .await;
    assert_eq!(heard.json()["status"], "queued", "{}", heard.plain());
    let sent: Value = serde_json::from_slice(&house.orders_seen()[0].body).unwrap();
    assert_eq!(
        sent["instances"][0]["image"]["bytesBase64Encoded"], "UE5H",
        "{sent}"
    );
}

#[tokio::test]
async fn a_table_of_families_that_cannot_be_read_is_told_of_and_left_out() {
    let world = Setup::default().families("{\"rows\": [").open().await;
    let notices = world.app().notices();
    let told = notices.iter().find(|notice| notice.id == "families").unwrap();
    assert!(
        told.problem.message.contains("families.json"),
        "{}",
        told.problem.message
    );
}
