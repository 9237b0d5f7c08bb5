using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Access;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>A watch of Services at a scripted server, in virtual time. An object is kept as its version.</summary>
internal sealed class WatchMesh : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _client;
    private readonly HttpMessageInvoker _invoker;
    private readonly Task _run;
    private int _changes;

    public WatchMesh(ApiSelection? selection = null, ICredentialSource? credentials = null, int seed = 1)
    {
        _invoker = new HttpMessageInvoker(Server);
        var access = new ApiAccess
        {
            Server = new Uri("https://10.96.0.1:443"),
            Credentials = credentials ?? new FixedCredential(new ApiCredential { Token = "t" }),
        };
        _client = new ApiClient(access, new ApiClientOptions("gatewaymesh-sidecar/0", Time) { PageSize = 2 }, _invoker);
        var options = new ObjectWatchOptions(Time, new Random(seed)) { Changed = () => Interlocked.Increment(ref _changes) };
        Watch = new ObjectWatch<PartialObject, string>(
            _client,
            new ApiResource<PartialObject>("", "v1", "services", ApiJson.Default.PartialObject),
            selection ?? ApiSelection.All,
            read => read.Metadata.ResourceVersion,
            options);
        _run = Watch.RunAsync(_stop.Token);
    }

    public RecordingTime Time { get; } = new();

    public ScriptedApi Server { get; } = new();

    public ObjectWatch<PartialObject, string> Watch { get; }

    /// <summary>Number of notifications.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>The names of the set with their versions, in order: <c>api=3 web=4</c>.</summary>
    public string Set => string.Join(' ', Watch.Current.Select(pair => $"{pair.Key.Name}={pair.Value}").Order(StringComparer.Ordinal));

    /// <summary>Starts with these objects and the version 10.</summary>
    public async Task<ScriptedRequest> StartedAsync(params (string Name, int Version)[] objects)
    {
        var request = (await Server.NextAsync()).Open();
        foreach (var (name, version) in objects)
        {
            await request.EventAsync("ADDED", name, version);
        }

        await request.CompleteAsync(10);
        await FollowsAsync();
        return request;
    }

    public Task HasAsync(string set) => Eventually.Until($"the set is {set}", () => Set == set, () => Task.FromResult(Set));

    public Task FollowsAsync() => StateAsync(WatchState.Following);

    public Task StateAsync(WatchState state) =>
        Eventually.Until($"the watch is {state}", () => Watch.Report.State == state, () => Task.FromResult(Watch.Report.ToString()));

    /// <summary>Waits for a pause up to this time, and lets it pass.</summary>
    public async Task<TimeSpan> PauseAsync(TimeSpan most, TimeSpan least = default)
    {
        var pause = await Time.ArmedAsync(due => due > TimeSpan.Zero && due >= least && (due < most || due == least));
        Assert.That(Server.HasRequest, Is.False, "a request before the end of the pause");
        Time.Advance(pause);
        return pause;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _client.Dispose();
        _invoker.Dispose();
        _stop.Dispose();
    }
}
