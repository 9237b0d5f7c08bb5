using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.Registry.Kubernetes.Access;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Watches of the stub over HTTPS, with its faults, over both versions of HTTP.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class WatchedServerTests(bool isHttp1Only)
{
    private readonly List<Task> _runs = [];
    private CancellationTokenSource _stop = null!;
    private ApiServer _server = null!;
    private ApiClient _client = null!;

    [SetUp]
    public async Task Open()
    {
        _stop = new CancellationTokenSource();
        _server = await ApiServer.StartAsync(new ApiServerOptions { IsHttp1Only = isHttp1Only });
        Put("api", 1);
        Put("web", 1);
        var access = new ApiAccess
        {
            Server = _server.Address,
            Roots = PemSource.OfText(_server.Authority.RootPem),
            Credentials = new FixedCredential(new ApiCredential { Token = ApiServer.AdminToken }),
        };
        _client = new ApiClient(access, new ApiClientOptions("gatewaymesh-test/1", TimeProvider.System) { PageSize = 1 });
    }

    [TearDown]
    public async Task Close()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs);
        _runs.Clear();
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Test]
    public async Task A_set_follows_the_cluster()
    {
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        Put("api", 2);
        Put("new", 1);
        _server.Store.Drop("services", "shop", "web");
        await HasAsync(watch, "api=2 new=1");
    }

    [Test]
    public async Task A_clean_end_continues_where_it_was()
    {
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        _server.EndWatches();
        Put("api", 2);
        await HasAsync(watch, "api=2 web=1");
        await Eventually.Until("the watch continued", () => _server.Calls.Any(call => call["sendInitialEvents"] is null));
    }

    [Test]
    public async Task After_a_cut_in_the_middle_of_a_line_nothing_is_missing()
    {
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        await _server.CutWatchesAsync();
        Put("api", 2);
        _server.Store.Drop("services", "shop", "web");
        await HasAsync(watch, "api=2");
    }

    [Test]
    public async Task A_killed_server_leaves_the_set_and_its_return_brings_the_changes()
    {
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        await _server.KillAsync();
        await StateAsync(watch, WatchState.Interrupted);
        Assert.That(SetOf(watch), Is.EqualTo("api=1 web=1"));
        Put("api", 2);
        await _server.StartAgainAsync();
        await HasAsync(watch, "api=2 web=1");
        await StateAsync(watch, WatchState.Following);
    }

    [Test]
    public async Task A_storm_of_expired_versions_does_not_stop_the_changes()
    {
        _server.Faults.Expired = true;
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        _server.EndWatches();
        Put("api", 2);
        await HasAsync(watch, "api=2 web=1");
    }

    [Test]
    public async Task A_server_without_streaming_lists_is_listed_and_watched()
    {
        _server.Faults.WatchListOff = true;
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        Put("api", 2);
        await HasAsync(watch, "api=2 web=1");
        Assert.That(_server.Calls.Count(call => call.Verb == "list"), Is.EqualTo(2), "one object a page");
    }

    [Test]
    public async Task A_server_whose_store_is_frozen_gives_its_cache()
    {
        _server.Faults.StoreFrozen = true;
        var watch = Watch(new ObjectWatchTimes { Start = TimeSpan.FromMilliseconds(300) });
        await HasAsync(watch, "api=1 web=1");
        Assert.That(_server.Calls.Select(call => call["resourceVersion"]), Is.EqualTo([null, "0"]));
    }

    [Test]
    public async Task A_removed_kind_is_absent_and_back_when_it_is_installed_again()
    {
        var kind = _server.Store.Find("servicepolicies")!;
        _ = _server.Store.Seed("servicepolicies", """{"metadata":{"name":"api","namespace":"shop","labels":{"v":"1"}}}""");
        var resource = new ApiResource<PartialObject>("gatewaymesh.dev", "v1alpha1", "servicepolicies", ApiJson.Default.PartialObject);
        var watch = Run(resource, new ObjectWatchTimes { Absent = TimeSpan.FromMilliseconds(100) });
        await HasAsync(watch, "api=1");
        _server.Store.Uninstall("servicepolicies");
        await StateAsync(watch, WatchState.Absent);
        Assert.That(watch.Current, Is.Empty);
        _server.Store.Install(kind);
        _ = _server.Store.Seed("servicepolicies", """{"metadata":{"name":"back","namespace":"shop","labels":{"v":"1"}}}""");
        await HasAsync(watch, "back=1");
    }

    [Test]
    public async Task A_version_from_the_future_heals_after_the_next_error()
    {
        var watch = Watch();
        await HasAsync(watch, "api=1 web=1");
        await _server.SendLineAsync("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"999999"}}}""" + "\n");
        _server.EndWatches();
        await Eventually.Until("the watch continues in the future", () => _server.Calls.Any(call => call["resourceVersion"] == "999999"));
        Put("api", 2);
        await Eventually.Until("the silent watch is open", () => _server.Watches == 1);
        Assert.That(SetOf(watch), Is.EqualTo("api=1 web=1"));
        await _server.CutWatchesAsync();
        await HasAsync(watch, "api=2 web=1");
    }

    [Test]
    public async Task More_watches_than_one_connection_carries_are_all_served()
    {
        var watches = Enumerable.Range(0, 110).Select(_ => Watch()).ToList();
        foreach (var watch in watches)
        {
            await HasAsync(watch, "api=1 web=1");
        }
    }

    private static string SetOf(ObjectWatch<PartialObject, string> watch) =>
        string.Join(' ', watch.Current.Select(pair => $"{pair.Key.Name}={pair.Value}").Order(StringComparer.Ordinal));

    private static Task HasAsync(ObjectWatch<PartialObject, string> watch, string set) =>
        Eventually.Until($"the set is {set}", () => SetOf(watch) == set, () => Task.FromResult($"{SetOf(watch)}; {watch.Report}"));

    private static Task StateAsync(ObjectWatch<PartialObject, string> watch, WatchState state) =>
        Eventually.Until($"the watch is {state}", () => watch.Report.State == state, () => Task.FromResult($"{watch.Report}"));

    private ObjectWatch<PartialObject, string> Watch(ObjectWatchTimes? times = null) =>
        Run(new ApiResource<PartialObject>("", "v1", "services", ApiJson.Default.PartialObject), times);

    private ObjectWatch<PartialObject, string> Run(ApiResource<PartialObject> resource, ObjectWatchTimes? times)
    {
        var watch = new ObjectWatch<PartialObject, string>(
            _client,
            resource,
            ApiSelection.All,
            item => item.Metadata.Labels.GetValueOrDefault("v"),
            new ObjectWatchOptions(TimeProvider.System, new Random(_runs.Count)) { Times = times ?? new ObjectWatchTimes() });
        _runs.Add(watch.RunAsync(_stop.Token));
        return watch;
    }

    private void Put(string name, int version) =>
        _server.Store.Seed("services", $$$"""{"metadata":{"name":"{{{name}}}","namespace":"shop","labels":{"v":"{{{version}}}"}},"spec":{}}""");
}
