"""What each real client says of every region and raion, and what it should say by /api/v1/state."""

import asyncio

import aiohttp
import alerts_in_ua.async_client
import alerts_in_ua.client
from alerts_in_ua.location_uid_resolver import LocationUidResolver
from uasiren.client import Client as SirenClient

TITLES = LocationUidResolver().uid_to_location
UIDS = LocationUidResolver().location_to_uid


class Expected:
    """The truth of /api/v1/state in the words that the clients have: by uid, for every region and raion."""

    def __init__(self, state):
        by_code = {c["code"]: c for c in state["communities"]}
        told = [a for a in state["alerts"] if a["standing"] != "advisory" and not a["ended_at"]]
        air = [a for a in told if a["alert_type"] == "air_raid"]

        def line(code):
            while code:
                yield code
                code = by_code.get(code, {}).get("parent")

        wide = {c["code"]: c for c in state["communities"] if c["uid"] and c["level"] in ("oblast", "raion")}
        self.uid_of = {code: c["uid"] for code, c in wide.items()}
        self.states = {c["uid"]: c["state"] for c in wide.values()}
        self.oblasts = {c["uid"] for c in wide.values() if c["level"] == "oblast"}
        self.status, self.level, self.types, self.own = {}, {}, {}, {}
        for code, community in wide.items():
            uid = community["uid"]
            reaching = [a for a in air if a["community"] in set(line(code))]
            below = [a for a in air if code in set(line(a["community"])) and a["community"] != code]
            if reaching:
                self.status[uid] = "active"
                self.level[uid] = "red" if any(a["level"] == "red" for a in reaching) else "yellow"
            elif below:
                self.status[uid] = "partly"
            elif community["state"] == "unknown":
                self.status[uid] = "unknown"
            else:
                self.status[uid] = "no_alert"
            here = [a for a in told if a["community"] in set(line(code))]
            self.types[uid] = sorted(a["alert_type"] for a in here)
        self.own = sorted((self.uid_of[a["community"]], a["alert_type"], a["level"]) for a in told)

    def letters(self, with_level):
        """Status by uid as one-region questions tell it; `unknown` stands for an error."""
        level = self.level if with_level else {}
        return {uid: (status, level.get(uid)) for uid, status in self.status.items()}


def sync_client(url, token="secret-token"):
    """The official client, unmodified, pointed at `url`."""
    alerts_in_ua.client.Client.API_BASE_URL = url
    return alerts_in_ua.client.Client(token)


def async_client(url, token="secret-token"):
    """The official asynchronous client."""
    alerts_in_ua.async_client.AsyncClient.API_BASE_URL = url
    return alerts_in_ua.async_client.AsyncClient(token)


class Sync:
    """The official client; each method waits."""

    name = "alerts-in-ua sync"

    def __init__(self, url, token="secret-token"):
        self.client = sync_client(url, token)

    def call(self, method, *arguments, **options):
        return getattr(self.client, method)(*arguments, **options)


class Async(Sync):
    """The official asynchronous client, driven from here."""

    name = "alerts-in-ua async"

    def __init__(self, url, token="secret-token"):
        self.client = async_client(url, token)

    def call(self, method, *arguments, **options):
        return asyncio.run(getattr(self.client, method)(*arguments, **options))


def one_by_one(client, uids, with_level):
    """`get_air_raid_alert_status` of each region; an error counts as unknown."""
    found = {}
    for uid in uids:
        try:
            status = client.call("get_air_raid_alert_status", uid, include_alert_level=with_level)
            found[uid] = (status.status, status.alert_level)
        except Exception as error:  # The client has no type of its own for 503.
            assert type(error).__name__ == "ApiError" and "503" in str(error), error
            found[uid] = ("unknown", None)
    return found


def by_oblast(client, with_level):
    """`get_air_raid_alert_statuses_by_oblast`, by uid."""
    statuses = client.call("get_air_raid_alert_statuses_by_oblast", include_alert_level=with_level)
    assert len(statuses) == 27
    return {UIDS[s.location_title]: (s.status, s.alert_level) for s in statuses}


def by_uid(client, with_level, uids):
    """`get_air_raid_alert_statuses`, by uid; what the client leaves out is unknown."""
    statuses = client.call("get_air_raid_alert_statuses", include_alert_level=with_level)
    found = {uid: ("unknown", None) for uid in uids}
    for uid in uids:
        status = statuses.get_status(uid)
        if status is not None:
            assert status.location_title == TITLES[uid], (uid, status.location_title)
            found[uid] = (status.status, status.alert_level)
    return found


def active(client):
    """`get_active_alerts`: number, type and level of every alert of a region or raion."""
    alerts = client.call("get_active_alerts")
    assert alerts.get_last_updated_at() is not None and alerts.get_disclaimer()
    for alert in alerts:
        assert alert.started_at and alert.updated_at and not alert.is_finished() and alert.calculated is False
        assert alert.location_title == TITLES[int(alert.location_uid)], alert
        assert TITLES[alert.location_oblast_uid] == alert.location_oblast
    return sorted((int(a.location_uid), a.alert_type, a.alert_level) for a in alerts)


def siren(url, act):
    """Runs `act` with the unmodified uasiren client."""

    async def run():
        SirenClient.BASE_PATH = url + "/api/v3"
        async with aiohttp.ClientSession() as session:
            return await act(SirenClient(session))

    return asyncio.run(run())


V3_TYPES = {"AIR": "air_raid", "ARTILLERY": "artillery_shelling", "URBAN_FIGHTS": "urban_fights",
            "CHEMICAL": "chemical", "NUCLEAR": "nuclear"}


def region_id(uid):
    """ukrainealarm's number of an alerts.in.ua number."""
    return "9999" if uid == 29 else str(uid)


def siren_regions(url, uids):
    """`get_alerts(id)` of each region, as Home Assistant reads it: types in force, or unknown."""

    async def act(client):
        async def one(uid):
            try:
                answer = await client.get_alerts(region_id(uid))
            except aiohttp.ClientResponseError as error:
                assert error.status == 503, error
                return uid, "unknown"
            assert len(answer) == 1 and answer[0]["regionId"] == region_id(uid)
            return uid, sorted(V3_TYPES[alert["type"]] for alert in answer[0]["activeAlerts"])

        return dict(await asyncio.gather(*(one(uid) for uid in uids)))

    return siren(url, act)
