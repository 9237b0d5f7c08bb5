using System.Collections.Concurrent;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Live key sets by their location. They survive snapshots, also those with another refresh or timeout; a source that no policy names ends.
/// </summary>
/// <param name="metrics">Counts readings.</param>
/// <param name="log">Destination of events.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads readings, from 0 to 1.</param>
/// <param name="reach">Rules for the addresses of URLs.</param>
/// <param name="folder">Folder that keeps key sets of URLs; null for none.</param>
internal sealed class JwksRegistry(
    MeshMetrics metrics, ILogger log, TimeProvider time, Func<double> random, Func<ReachRules> reach, string? folder = null) : IDisposable
{
    private readonly JwksFolder? _folder = folder is null ? null : new JwksFolder(folder);
    private readonly ConcurrentDictionary<JwksLocation, JwksSource> _sources = [];
    private readonly JwksFetcher _fetcher = new(reach);
    private bool _isDisposed;

    /// <summary>
    /// Starts the sources that <paramref name="snapshot"/> names, and applies its settings to those that run. Called before requests use
    /// the snapshot, so that the first of them does not start the reading.
    /// </summary>
    public void Start(MeshSnapshot snapshot)
    {
        foreach (var named in ModelsOf(snapshot).ToHashSet().GroupBy(JwksLocation.Of))
        {
            // Several policies may name a location with different settings.
            var model = named.First() with { Refresh = named.Min(each => each.Refresh), Timeout = named.Max(each => each.Timeout) };
            Find(model).Declare(model);
        }
    }

    /// <summary>
    /// Ends the sources that <paramref name="snapshot"/> does not name. Those of a service without an instance stay: the instances come
    /// back, or this node serves the service before its registration is known.
    /// </summary>
    public void EndAllBut(MeshSnapshot snapshot)
    {
        var idle = snapshot.Policies.Values.SelectMany(policy => policy.Jwt.Issuers).Select(issuer => issuer.Jwks);
        var named = ModelsOf(snapshot).Concat(idle).Select(JwksLocation.Of).ToHashSet();
        foreach (var (location, source) in _sources)
        {
            if (!named.Contains(location) && _sources.TryRemove(location, out _))
            {
                source.Dispose();
                if (location.Url.Length > 0)
                {
                    _folder?.Remove(location.Url);
                }
            }
        }
    }

    /// <summary>Returns the source of <paramref name="model"/>, started if it is new.</summary>
    public JwksSource Find(JwksModel model)
    {
        var location = JwksLocation.Of(model);
        if (_sources.TryGetValue(location, out var source))
        {
            return source;
        }

        var created = new JwksSource(model, _fetcher, _folder, new JwksEvents(metrics, log), time, random);
        source = _sources.GetOrAdd(location, created);
        if (source == created && !_isDisposed)
        {
            created.Start();
        }

        return source;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (var source in _sources.Values)
        {
            source.Dispose();
        }

        _fetcher.Dispose();
    }

    private static IEnumerable<JwksModel> ModelsOf(MeshSnapshot snapshot) =>
        snapshot.Services.Values.SelectMany(service => service.Policy.Jwt.Issuers)
            .Concat(snapshot.Policy.Jwt.Issuers)
            .Concat(snapshot.JwtProviders.Values)
            .Select(issuer => issuer.Jwks);
}
