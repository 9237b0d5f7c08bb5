using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Catalog;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Consul.Intentions;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>Reads everything from Consul and combines the results into reports.</summary>
internal sealed class ConsulReading : IAsyncDisposable
{
    // Limits within the 200 connections that Consul allows a client, because several processes may share an address.
    private const int SidecarWatches = 64;
    private const int EdgeWatches = 100;
    private const int MaxTargets = 40;

    private const string JwtProvider = "jwt-provider"; // Consul 1.16 and later

    private static readonly ImmutableArray<string> Kinds = [
        "service-defaults", "proxy-defaults", "service-router", "service-splitter", "service-resolver", "ingress-gateway", JwtProvider];

    // Kinds of our own, which Consul keeps as key-value pairs.
    private static readonly ImmutableArray<string> OwnKinds = ["service-policy", "feature-flag"];

    private readonly string _name;
    private readonly WatchContext _context;
    private readonly AgentLiveness _liveness;
    private readonly Watch<ImmutableArray<string>> _catalog;
    private readonly ImmutableArray<(string Kind, Watch<ReadEntry> Watch)> _entries;
    private readonly Dictionary<string, Watch<DiscoveredGateway>> _gateways = new(StringComparer.Ordinal);
    private readonly IntentionReading _intentions;
    private readonly ServiceWatches _services;
    private readonly TargetWatches _targets;
    private readonly NodePoll _nodes;
    private readonly LastGoodEntries _lastGood = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _runs = [];

    // Capacity 1: any number of changes during a report request one more report.
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private ServiceCatalog? _last;
    private RegistryReport? _reported;

    /// <summary>Creates the reading. Queries start with <see cref="ReportsAsync"/>.</summary>
    public ConsulReading(
        string name, ConsulAgents agents, ParsingThread thread, BootstrapSpec bootstrap, WatchTimes times, TimeProvider time, Random random)
    {
        _name = name;
        _context = new WatchContext(agents, thread, times, time, random) { Changed = () => _wakes.Writer.TryWrite(true) };
        _liveness = new AgentLiveness(_context);
        _context.Failed = _liveness.Nudge;
        _context.Silence = () => _liveness.Silence;
        _catalog = new Watch<ImmutableArray<string>>("/v1/catalog/services", CatalogReader.Read, null, _context);
        _entries =
        [
            .. Kinds.Select(kind => (
                kind, new Watch<ReadEntry>($"/v1/config/{kind}", Entries(), null, _context, isOptional: kind == JwtProvider))),
            .. OwnKinds.Select(kind => (kind, Folder(new KeyFolder(kind)))),
        ];
        _intentions = new IntentionReading(_context);
        _nodes = new NodePoll(_context);
        _targets = new TargetWatches(MaxTargets, _context);
        _services = bootstrap.Sidecar is not null
            ? new ServiceWatches(SidecarWatches, fills: false, Upstreams(bootstrap), _context)
            : new ServiceWatches(EdgeWatches, fills: true, [], _context);
        WatchGateways(new GatewaySpec().Service);
        if (bootstrap.Gateway is { } gateway)
        {
            WatchGateways(gateway.Service);
        }
    }

    /// <summary>The watches on the instances of services.</summary>
    public ServiceWatches Services => _services;

    /// <summary>Time of Consul's last good answer by the monotonic clock; null: never.</summary>
    public long? HeardAt => _liveness.HeardAt;

    /// <summary>The services watched before their first call.</summary>
    public static ImmutableArray<string> Upstreams(BootstrapSpec bootstrap) =>
        [.. (bootstrap.Sidecar?.Services ?? []).SelectMany(service => service.Upstreams).Select(upstream => upstream.Service).Distinct()];

    /// <summary>Returns a report after the first answers, then one after every change.</summary>
    public async IAsyncEnumerable<RegistryReport> ReportsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        Run(_liveness.RunAsync);
        Run(_catalog.RunAsync);
        foreach (var (_, watch) in _entries)
        {
            Run(watch.RunAsync);
        }

        foreach (var run in _intentions.Runs)
        {
            Run(run);
        }

        foreach (var watch in _gateways.Values)
        {
            Run(watch.RunAsync);
        }

        Run(_nodes.RunAsync);
        Run(_services.RotateAsync);
        _services.Take([]);
        while (true)
        {
            _ = await _wakes.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (await _context.Reading.RunAsync(Report).ConfigureAwait(false) is { } report)
            {
                yield return report;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_runs).ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await _targets.DisposeAsync().ConfigureAwait(false);
        _intentions.Dispose();
        _liveness.Dispose();
        _stop.Dispose();
    }

    private static Func<ReadOnlyMemory<byte>, ImmutableSortedDictionary<string, ReadEntry>> Entries()
    {
        var known = new KnownEntries();
        return body => EntryReader.Read(body, known);
    }

    private Watch<ReadEntry> Folder(KeyFolder folder) => new($"/v1/kv/{folder.Folder}?recurse", folder.Read, null, _context);

    private void Run(Func<CancellationToken, Task> run) => _runs.Add(Task.Run(() => run(_stop.Token)));

    private RegistryReport? Report()
    {
        var names = Names();
        if (_catalog.Value is not null)
        {
            _services.Take(names);
        }

        TakeEntries();

        // A partial first report would remove services that the snapshot on disk knows.
        var settled = _catalog.Settled
            && _entries.All(entry => entry.Watch.Settled)
            && _gateways.Values.All(watch => watch.Settled)
            && _intentions.Settled
            && _services.Settled
            && _targets.Settled;
        if (!settled && _liveness.Error is null)
        {
            return null;
        }

        var report = new RegistryReport(_lastGood.Entries, _nodes.Nodes, Errors())
        {
            Catalog = _catalog.Value is null || !settled ? null : Catalog(names),
            Intentions = _intentions.Take(),
            Datacenter = _liveness.Datacenter,
            Remarks = _nodes.Errors,
            Reached = _liveness.Error is null,
        };
        return _reported is not null && IsEquivalent(_reported, report) ? null : _reported = report;
    }

    // Most rotated reads and most answers contain no change.
    private static bool IsEquivalent(RegistryReport left, RegistryReport right) =>
        ReferenceEquals(left.Entries, right.Entries)
            && ReferenceEquals(left.Catalog, right.Catalog)
            && left.Nodes == right.Nodes
            && ReferenceEquals(left.Intentions, right.Intentions)
        && left.Datacenter == right.Datacenter
            && left.Reached == right.Reached
            && left.Errors.SequenceEqual(right.Errors)
            && left.Remarks.SequenceEqual(right.Remarks);

    // Sidecars, gateways, ingresses and Consul's servers are registered too. None of them is a callable service.
    private ImmutableArray<string> Names()
    {
        var catalog = _catalog.Value ?? ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        foreach (var (name, tags) in catalog)
        {
            if (tags.Contains(ConsulNames.TagOf(MeshRole.Gateway)))
            {
                WatchGateways(name);
            }
        }

        return
        [
            .. from service in catalog
               where service.Key != "consul" && !service.Key.EndsWith(ConsulNames.ProxySuffix, StringComparison.Ordinal)
                   && !_gateways.ContainsKey(service.Key) && !service.Value.Contains(ConsulNames.TagOf(MeshRole.Ingress))
               select service.Key,
        ];
    }

    private void WatchGateways(string name)
    {
        if (_gateways.ContainsKey(name))
        {
            return;
        }

        var watch = new Watch<DiscoveredGateway>($"/v1/health/service/{Uri.EscapeDataString(name)}", GatewayReader.Read, null, _context);
        _gateways.Add(name, watch);
        if (_runs.Count > 0)
        {
            Run(watch.RunAsync);
        }
    }

    // A token without the right to read keys has no policies. A token without any read right must not remove policies.
    private void TakeEntries()
    {
        var lists = _entries.Select(
            entry => (
                entry.Kind,
                Read: entry.Watch.Value
                    ?? (
                        entry.Watch.Refused && _catalog.Value is not null
                            ? ImmutableSortedDictionary<string, ReadEntry>.Empty
                            : null))).ToList();
        if (lists.All(list => list.Read is not null))
        {
            _lastGood.Take(lists.Select(list => (list.Kind, list.Read!)));
        }

        if (_lastGood.Entries is { } entries && _liveness.Datacenter is { } datacenter)
        {
            _services.Lead(_targets.Take(entries, datacenter, _services.IsNeeded));
        }
    }

    // The same object while nothing changed, so that no consumer recompiles needlessly.
    private ServiceCatalog Catalog(ImmutableArray<string> names)
    {
        var answers = _liveness.Beats;
        var next = new ServiceCatalog(
            [
                .. names.Union(_services.Found, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
                    _services.Of(name) is var (instances, watched)
                        ? new DiscoveredService(name, instances) { IsDormant = answers && !watched }
                        : null!),
            ],
            [.. _gateways.Values.SelectMany(watch => watch.Value?.Values ?? [])])
        {
            Targets = _targets.Discovered(answers),
        };
        return _last is not null && Same(_last, next) ? _last : _last = next;
    }

    private static bool Same(ServiceCatalog left, ServiceCatalog right) =>
        left.Gateways.SequenceEqual(right.Gateways)
        && left.Targets.Length == right.Targets.Length
        && left.Targets.Zip(right.Targets).All(pair =>
            pair.First with { Instances = null } == pair.Second with { Instances = null }
            && pair.First.Instances is null == pair.Second.Instances is null
            && (pair.First.Instances ?? []).AsSpan().SequenceEqual((pair.Second.Instances ?? []).AsSpan()))
        && left.Services.Length == right.Services.Length
        && left.Services.Zip(right.Services).All(pair =>
            pair.First.Name == pair.Second.Name
            && pair.First.IsDormant == pair.Second.IsDormant
            && pair.First.Instances is null == pair.Second.Instances is null
            && (pair.First.Instances ?? []).AsSpan().SequenceEqual((pair.Second.Instances ?? []).AsSpan()));

    // Such an intention denies. Consul refuses it, but a token without the right to read providers sees none.
    private IEnumerable<ConfigError> MissingProviders()
    {
        var known = _lastGood.Entries?.JwtProviders.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        return from intention in known is null ? [] : _intentions.Take()?.Entries ?? []
               from provider in intention.Providers
               where !known!.Contains(provider)
               select new ConfigError(
                   SourceLocation.Option($"consul:intention/*→{intention.Name}"),
                   "jwt",
                   $"the jwt-provider {provider} is not known",
                   "write the entry, and grant the token mesh = \"read\"; until then requests that need its tokens are denied");
    }

    // While Consul is unreachable, that one error is enough; the same error from a hundred watches adds nothing.
    private ImmutableArray<ConfigError> Errors()
    {
        var errors = new ConfigErrors();
        errors.AddRange(_lastGood.Errors);
        errors.AddRange(_intentions.Broken);
        errors.AddRange(MissingProviders());
        IEnumerable<string> messages = _liveness.Error is { } dead
            ? [dead]
            : _entries.Select(entry => entry.Watch.Error)
                .Append(_catalog.Error)
                .Concat(_gateways.Values.Select(watch => watch.Error))
                .OfType<string>()
                .Concat(_intentions.Errors)
                .Concat(_services.Errors)
                .Concat(_targets.Errors)
                .Distinct();
        foreach (var error in messages)
        {
            errors.Add(SourceLocation.Option(_name), "", error, "the last good configuration stays in use; check the agent and the token");
        }

        return errors.ToSorted();
    }
}
