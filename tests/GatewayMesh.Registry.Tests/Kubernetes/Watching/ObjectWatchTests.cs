using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>The loop of a watch, sentence by sentence, in virtual time.</summary>
public sealed class ObjectWatchTests
{
    private const string Expired =
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 300 (578)","reason":"Expired","code":410}""";

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Absent = TimeSpan.FromSeconds(30);

    private WatchMesh _mesh = null!;

    [SetUp]
    public void Open() => _mesh = new WatchMesh();

    [TearDown]
    public ValueTask Close() => _mesh.DisposeAsync();

    [Test]
    public async Task A_start_asks_for_a_streaming_list_of_the_newest_state()
    {
        var request = await _mesh.Server.NextAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(request.Target, Does.StartWith(
                "/api/v1/services?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds="));
            Assert.That(int.Parse(request["timeoutSeconds"]!), Is.InRange(240, 360));
            Assert.That(request["resourceVersion"], Is.Null);
        }
    }

    [Test]
    public async Task Nothing_is_used_before_the_bookmark_that_ends_the_start()
    {
        var request = (await _mesh.Server.NextAsync()).Open();
        await request.EventAsync("ADDED", "api", 3);
        await request.BookmarkAsync(5);
        await _mesh.Time.ArmedAsync(Start);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_mesh.Watch.Current, Is.Empty);
            Assert.That(_mesh.Watch.Report, Is.EqualTo(new WatchReport(WatchState.Starting, null)));
        }

        await request.CompleteAsync(10);
        await _mesh.HasAsync("api=3");
        Assert.That(_mesh.Watch.Report.HasSet, Is.True);
    }

    [Test]
    public async Task An_empty_start_is_a_set_and_is_notified()
    {
        _ = await _mesh.StartedAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_mesh.Watch.Report.HasSet, Is.True);
            Assert.That(_mesh.Changes, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Changes_are_applied_one_by_one_and_share_the_rest_of_the_set()
    {
        var request = await _mesh.StartedAsync(("api", 3), ("web", 4));
        var before = _mesh.Watch.Current;
        await request.EventAsync("MODIFIED", "api", 11);
        await request.EventAsync("ADDED", "new", 12);
        await request.EventAsync("DELETED", "web", 13);
        await _mesh.HasAsync("api=11 new=12");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.Count, Is.EqualTo(2), "the old set does not change");
            Assert.That(_mesh.Watch.Current.Change, Is.EqualTo(before.Change + 3));
        }
    }

    [Test]
    public async Task A_clean_end_continues_from_the_last_version_bookmarks_included()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.EventAsync("MODIFIED", "api", 11);
        await request.BookmarkAsync(44);
        await _mesh.HasAsync("api=11");
        _mesh.Time.Advance(TimeSpan.FromSeconds(5));
        await request.EndAsync();
        var next = await _mesh.Server.NextAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(next["resourceVersion"], Is.EqualTo("44"));
            Assert.That(next["sendInitialEvents"], Is.Null);
            Assert.That(next["allowWatchBookmarks"], Is.EqualTo("true"));
            Assert.That(_mesh.Watch.Report.State, Is.EqualTo(WatchState.Following));
        }
    }

    [Test]
    public async Task A_server_that_ends_each_watch_at_once_is_asked_at_a_growing_pace()
    {
        var request = await _mesh.StartedAsync();
        for (var tries = 0; tries < 4; tries++)
        {
            await request.EndAsync();
            _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100 << tries));
            request = (await _mesh.Server.NextAsync()).Open();
            Assert.That(request["resourceVersion"], Is.EqualTo("10"));
        }
    }

    [Test]
    public async Task A_start_that_ends_before_its_bookmark_starts_anew()
    {
        var request = (await _mesh.Server.NextAsync()).Open();
        await request.EventAsync("ADDED", "api", 3);
        await request.EndAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That((await _mesh.Server.NextAsync())["sendInitialEvents"], Is.EqualTo("true"));
    }

    [Test]
    public async Task A_server_without_streaming_lists_is_listed_page_by_page_and_then_watched()
    {
        (await _mesh.Server.NextAsync()).Answer(422, Recording.Body("error-422-watchlist-off.json"));
        var first = await _mesh.Server.NextAsync();
        first.Answer(200, Page(7, "next", ("api", 3), ("web", 4)));
        var second = await _mesh.Server.NextAsync();
        Assert.That(_mesh.Watch.Current, Is.Empty, "one page is no set");
        second.Answer(200, Page(7, "", ("zoo", 5)));
        var watch = (await _mesh.Server.NextAsync()).Open();
        await _mesh.HasAsync("api=3 web=4 zoo=5");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Target, Is.EqualTo("/api/v1/services?limit=2"));
            Assert.That(second.Target, Is.EqualTo("/api/v1/services?limit=2&continue=next"));
            Assert.That(watch["resourceVersion"], Is.EqualTo("7"));
        }

        await watch.EventAsync("DELETED", "web", 8);
        await _mesh.HasAsync("api=3 zoo=5");
    }

    [Test]
    public async Task An_expired_page_token_starts_anew_without_the_pages_before()
    {
        (await _mesh.Server.NextAsync()).Answer(422, Recording.Body("error-422-watchlist-off.json"));
        (await _mesh.Server.NextAsync()).Answer(200, Page(7, "next", ("gone", 3)));
        (await _mesh.Server.NextAsync()).Answer(410, Recording.Body("error-410-continue.json"));
        (await _mesh.Server.NextAsync()).Answer(422, Recording.Body("error-422-watchlist-off.json"));
        (await _mesh.Server.NextAsync()).Answer(200, Page(9, "", ("api", 8)));
        await _mesh.HasAsync("api=8");
    }

    [Test]
    public async Task A_silent_start_reads_the_cache_of_the_server_after_10_s()
    {
        _ = (await _mesh.Server.NextAsync()).Open();
        await _mesh.Time.ArmedAsync(Start);
        await _mesh.Time.ArmedAsync(Start);
        _mesh.Time.Advance(Start - TimeSpan.FromMilliseconds(1));
        Assert.That(_mesh.Server.HasRequest, Is.False);
        _mesh.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = (await _mesh.Server.NextAsync()).Open();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second["resourceVersion"], Is.EqualTo("0"));
            Assert.That(second["sendInitialEvents"], Is.EqualTo("true"));
            Assert.That(_mesh.Watch.Report.Trouble, Does.Contain("10.96.0.1 is silent; check its store (etcd)"));
        }

        await second.EventAsync("ADDED", "api", 3);
        await second.CompleteAsync(9);
        await _mesh.HasAsync("api=3");
        Assert.That(_mesh.Watch.Report.Trouble, Is.Null);
    }

    [Test]
    public async Task A_server_that_does_not_even_answer_is_treated_as_silent()
    {
        _ = await _mesh.Server.NextAsync();
        await _mesh.Time.ArmedAsync(Start);
        _mesh.Time.Advance(Start);
        var second = await _mesh.Server.NextAsync();
        Assert.That(second["resourceVersion"], Is.EqualTo("0"));
        await _mesh.Time.ArmedAsync(Start);
        _mesh.Time.Advance(Start);
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That((await _mesh.Server.NextAsync())["resourceVersion"], Is.Null, "the newest state again");
    }

    [Test]
    public async Task An_expired_version_starts_anew_at_once_while_the_old_set_stays()
    {
        var request = await _mesh.StartedAsync(("api", 3), ("gone", 4));
        _mesh.Time.Advance(TimeSpan.FromSeconds(5));
        await request.EndAsync();
        var expired = (await _mesh.Server.NextAsync()).Open();
        await expired.SendAsync($$"""{"type":"ERROR","object":{{Expired}}}""" + "\n");
        var anew = (await _mesh.Server.NextAsync()).Open();
        Assert.That(anew["sendInitialEvents"], Is.EqualTo("true"));
        await anew.EventAsync("ADDED", "api", 12);
        await _mesh.Time.ArmedAsync(Start);
        Assert.That(_mesh.Set, Is.EqualTo("api=3 gone=4"));
        await anew.CompleteAsync(20);
        await _mesh.HasAsync("api=12");
    }

    [Test]
    public async Task An_expired_version_as_HTTP_410_starts_anew()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        _mesh.Time.Advance(TimeSpan.FromSeconds(5));
        await request.EndAsync();
        (await _mesh.Server.NextAsync()).Answer(410, Recording.Body("error-410-exact.json"));
        Assert.That((await _mesh.Server.NextAsync())["sendInitialEvents"], Is.EqualTo("true"));
    }

    [Test]
    public async Task A_storm_of_expired_versions_is_slowed_down_and_notifies_nobody()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.SendAsync($$"""{"type":"ERROR","object":{{Expired}}}""" + "\n");
        for (var storm = 1; storm < 6; storm++)
        {
            var anew = (await _mesh.Server.NextAsync()).Open();
            await anew.EventAsync("ADDED", "api", 3);
            await anew.CompleteAsync(10 + storm);
            await _mesh.FollowsAsync();
            await anew.SendAsync($$"""{"type":"ERROR","object":{{Expired}}}""" + "\n");
            _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100 << storm));
        }

        Assert.That(_mesh.Watch.Current.Change, Is.EqualTo(1), "the same objects are the same set");
    }

    [Test]
    public async Task After_a_cut_the_watch_pauses_and_starts_anew_and_the_half_line_is_dropped()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.SendAsync("""{"type":"DELETED","object":{"metadata":{"name":"api","namespace":"shop","resourceVersion":"1""");
        await request.CutAsync();
        await _mesh.StateAsync(WatchState.Interrupted);
        Assert.That(_mesh.Watch.Report.Trouble, Does.Contain("10.96.0.1 cut the watch"));
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That((await _mesh.Server.NextAsync())["sendInitialEvents"], Is.EqualTo("true"), "a version may be from the future");
        Assert.That(_mesh.Set, Is.EqualTo("api=3"));
    }

    [Test]
    public async Task Pauses_after_errors_are_random_and_grow_to_10_s()
    {
        var pauses = new List<TimeSpan>();
        for (var errors = 0; errors < 12; errors++)
        {
            (await _mesh.Server.NextAsync()).Refuse();
            pauses.Add(await _mesh.PauseAsync(TimeSpan.FromMilliseconds(Math.Min(10_000, 100 << errors))));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(pauses.Max(), Is.GreaterThan(TimeSpan.FromSeconds(2)));
            Assert.That(pauses.Distinct().Count(), Is.EqualTo(pauses.Count));
            Assert.That(_mesh.Watch.Report.Trouble, Does.Contain("10.96.0.1 cannot be reached"));
        }
    }

    [TestCase(429, "Too many requests, please try again later.\n")]
    [TestCase(503, "overloaded")]
    [TestCase(504, "timeout")]
    public async Task Retry_After_comes_before_the_random_pause(int status, string body)
    {
        (await _mesh.Server.NextAsync()).Answer(status, body, ("Retry-After", "7"));
        var pause = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(7100), TimeSpan.FromSeconds(7));
        Assert.That(pause, Is.GreaterThan(TimeSpan.FromSeconds(7)));
        _ = await _mesh.Server.NextAsync();
    }

    [Test]
    public async Task A_healthy_watch_forgets_its_errors()
    {
        for (var errors = 0; errors < 8; errors++)
        {
            (await _mesh.Server.NextAsync()).Refuse();
            _ = await _mesh.PauseAsync(TimeSpan.FromSeconds(10));
        }

        var request = await _mesh.StartedAsync();
        _mesh.Time.Advance(TimeSpan.FromSeconds(30));
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
    }

    [Test]
    public async Task A_kind_that_is_not_installed_is_asked_for_every_30_s()
    {
        (await _mesh.Server.NextAsync()).Answer(404, "404 page not found\n");
        await _mesh.StateAsync(WatchState.Absent);
        Assert.That(_mesh.Watch.Report.Trouble, Is.EqualTo(
            "services of v1 are not served by this cluster (404 404 page not found); install their CRD"));
        Assert.That(await _mesh.PauseAsync(Absent, Absent), Is.EqualTo(Absent));
        _ = await _mesh.StartedAsync(("api", 3));
        Assert.That(_mesh.Watch.Report.Trouble, Is.Null);
    }

    [Test]
    public async Task A_kind_that_the_account_may_not_list_keeps_its_set_and_says_what_to_grant()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        (await _mesh.Server.NextAsync()).Answer(403, Recording.Body("error-403.json"), ("Audit-Id", "a-1"));
        await _mesh.StateAsync(WatchState.Absent);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_mesh.Set, Is.EqualTo("api=3"));
            Assert.That(_mesh.Watch.Report.Trouble, Does.StartWith("403 services is forbidden: User \"system:serviceaccount:shop:web\" cannot list"));
            Assert.That(_mesh.Watch.Report.Trouble, Does.EndWith("(audit id a-1); grant list and watch on services of API group '' to this account"));
        }

        Assert.That(await _mesh.PauseAsync(Absent, Absent), Is.EqualTo(Absent));
    }

    [Test]
    public async Task The_objects_of_a_deleted_CRD_are_gone_and_stay_gone()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.EventAsync("DELETED", "api", 11);
        await _mesh.HasAsync("");
        _mesh.Time.Advance(TimeSpan.FromSeconds(1));
        await request.EndAsync();
        (await _mesh.Server.NextAsync()).Answer(404, "404 page not found\n");
        await _mesh.StateAsync(WatchState.Absent);
        Assert.That(_mesh.Watch.Current, Is.Empty);
    }

    [Test]
    public async Task A_watch_without_a_line_for_120_s_is_cut()
    {
        _ = await _mesh.StartedAsync(("api", 3));
        await _mesh.Time.ArmedAsync(Silence);
        _mesh.Time.Advance(Silence);
        await _mesh.StateAsync(WatchState.Interrupted);
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That((await _mesh.Server.NextAsync())["sendInitialEvents"], Is.EqualTo("true"));
        Assert.That(_mesh.Set, Is.EqualTo("api=3"));
    }

    [Test]
    public async Task A_bookmark_every_60_s_keeps_a_quiet_watch()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        for (var minute = 1; minute <= 10; minute++)
        {
            await _mesh.Time.ArmedAsync(Silence);
            _mesh.Time.Advance(TimeSpan.FromSeconds(60));
            await request.BookmarkAsync(10 + minute);
        }

        await _mesh.Time.ArmedAsync(Silence);
        Assert.That(_mesh.Watch.Report.State, Is.EqualTo(WatchState.Following));
    }

    [Test]
    public async Task What_vanished_during_an_outage_is_gone_after_it()
    {
        var request = await _mesh.StartedAsync(("api", 3), ("gone", 4));
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        _ = await _mesh.StartedAsync(("api", 3), ("new", 9));
        await _mesh.HasAsync("api=3 new=9");
    }

    [Test]
    public async Task A_start_anew_that_finds_the_same_objects_keeps_their_instances()
    {
        var request = await _mesh.StartedAsync(("api", 3), ("web", 4));
        var before = _mesh.Watch.Current;
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        _ = await _mesh.StartedAsync(("api", 3), ("web", 4));
        Assert.That(_mesh.Watch.Current, Is.SameAs(before));
    }

    [Test]
    public async Task A_second_cut_during_a_start_anew_drops_what_was_collected()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        var half = (await _mesh.Server.NextAsync()).Open();
        await half.EventAsync("ADDED", "half", 9);
        await _mesh.Time.ArmedAsync(Start);
        await half.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(200));
        Assert.That(_mesh.Set, Is.EqualTo("api=3"));
        _ = await _mesh.StartedAsync(("web", 5));
        await _mesh.HasAsync("web=5");
    }

    [Test]
    public async Task An_object_that_cannot_be_read_keeps_its_last_version_and_stops_no_other()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.SendAsync(
            """{"type":"MODIFIED","object":{"kind":7,"metadata":{"name":"api","namespace":"shop","resourceVersion":"11"}}}""" + "\n");
        await request.EventAsync("ADDED", "web", 12);
        await _mesh.HasAsync("api=3 web=12");
        Assert.That(_mesh.Watch.Report.Unreadable.Keys, Is.EquivalentTo([new ObjectKey("shop", "api")]));
        await request.EventAsync("MODIFIED", "api", 13);
        await _mesh.HasAsync("api=13 web=12");
        Assert.That(_mesh.Watch.Report.Unreadable, Is.Empty);
    }

    [Test]
    public async Task An_object_that_cannot_be_read_at_a_start_anew_keeps_its_last_version()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.CutAsync();
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        var anew = (await _mesh.Server.NextAsync()).Open();
        await anew.SendAsync(
            """{"type":"ADDED","object":{"kind":7,"metadata":{"name":"api","namespace":"shop","resourceVersion":"11"}}}""" + "\n");
        await anew.EventAsync("ADDED", "web", 12);
        await anew.CompleteAsync(12);
        await _mesh.HasAsync("api=3 web=12");
    }

    [Test]
    public async Task An_object_larger_than_3_MiB_is_ignored_with_a_trouble()
    {
        var request = await _mesh.StartedAsync();
        await request.SendAsync("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"" + new string('x', LineReader.Longest) + "\"}}}\n");
        await request.EventAsync("ADDED", "web", 12);
        await _mesh.HasAsync("web=12");
        Assert.That(_mesh.Watch.Report.Trouble, Does.Contain("larger than 3 MiB"));
    }

    [Test]
    public async Task A_line_that_is_no_event_cuts_the_watch()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.SendAsync("<html>\n");
        await _mesh.StateAsync(WatchState.Interrupted);
        Assert.That(_mesh.Watch.Report.Trouble, Does.Contain("a line that is no event"));
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That(_mesh.Set, Is.EqualTo("api=3"));
    }

    [Test]
    public async Task An_unknown_type_of_line_is_ignored()
    {
        var request = await _mesh.StartedAsync(("api", 3));
        await request.SendAsync("""{"type":"SOMETHING","object":{"a":[1]},"more":{}}""" + "\n");
        await request.EventAsync("ADDED", "web", 12);
        await _mesh.HasAsync("api=3 web=12");
    }

    [Test]
    public async Task A_refused_token_is_a_trouble_with_a_pause()
    {
        (await _mesh.Server.NextAsync()).Answer(401, Recording.Body("error-401.json"));
        _ = await _mesh.PauseAsync(TimeSpan.FromMilliseconds(100));
        Assert.That(_mesh.Watch.Report.Trouble, Does.EndWith("check the token of this account"));
    }

    [Test]
    public async Task Selectors_and_the_namespace_are_part_of_every_request()
    {
        var selection = new ApiSelection { Namespace = "shop", Labels = "team=a", Fields = "metadata.name=api" };
        await using var mesh = new WatchMesh(selection);
        var request = await mesh.StartedAsync();
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        await request.EndAsync();
        foreach (var target in new[] { request.Target, (await mesh.Server.NextAsync()).Target })
        {
            Assert.That(target, Does.StartWith("/api/v1/namespaces/shop/services?watch=true"));
            Assert.That(target, Does.EndWith("&labelSelector=team%3Da&fieldSelector=metadata.name%3Dapi"));
        }
    }

    private static string Page(int version, string next, params (string Name, int Version)[] objects)
    {
        var items = objects.Select(item => $$$"""{"metadata":{"name":"{{{item.Name}}}","namespace":"shop","resourceVersion":"{{{item.Version}}}"}}""");
        return $$$"""{"kind":"ServiceList","items":[{{{string.Join(',', items)}}}],"metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"}}""";
    }
}
