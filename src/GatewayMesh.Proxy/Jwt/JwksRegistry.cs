using System.Collections.Concurrent;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Live key sets by their source. They survive snapshots; a source that no policy names ends.</summary>
/// <param name="metrics">Counts readings.</param>
/// <param name="log">Destination of events.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads readings, from 0 to 1.</param>
/// <param name="folder">Folder that keeps key sets of URLs; null for none.</param>
internal sealed class JwksRegistry(MeshMetrics metrics, ILogger log, TimeProvider time, Func<double> random, string? folder = null)
    : IDisposable
{
    private readonly JwksFolder? _folder = folder is null ? null : new JwksFolder(folder);
    private readonly ConcurrentDictionary<JwksModel, JwksSource> _sources = [];
    private readonly JwksFetcher _fetcher = new();
    private bool _isDisposed;

    /// <summary>Starts the sources that <paramref name="snapshot"/> names, and ends the others.</summary>
    public void Apply(MeshSnapshot snapshot)
    {
        var named = snapshot.Services.Values.SelectMany(service => service.Policy.Jwt.Issuers)
            .Concat(snapshot.Policy.Jwt.Issuers)
            .Concat(snapshot.JwtProviders.Values)
            .Select(issuer => issuer.Jwks)
            .ToHashSet();
        foreach (var model in named)
        {
            _ = Find(model);
        }

        foreach (var (model, source) in _sources)
        {
            if (!named.Contains(model) && _sources.TryRemove(model, out _))
            {
                source.Dispose();
                if (model.Url.Length > 0 && !named.Any(each => each.Url == model.Url))
                {
                    _folder?.Remove(model.Url);
                }
            }
        }
    }

    /// <summary>Returns the source of <paramref name="model"/>, started if it is new.</summary>
    public JwksSource Find(JwksModel model)
    {
        if (_sources.TryGetValue(model, out var source))
        {
            return source;
        }

        var created = new JwksSource(model, _fetcher, _folder, new JwksEvents(metrics, log), time, random);
        source = _sources.GetOrAdd(model, created);
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
}
