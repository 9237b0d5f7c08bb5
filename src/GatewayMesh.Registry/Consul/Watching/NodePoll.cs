using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Catalog;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// The nodes' own records, for status. Read at intervals that grow with the number of nodes, never by a blocking query: each of N nodes
/// writes every 10 s and must not wake N readers.
/// </summary>
internal sealed class NodePoll(WatchContext context)
{
    private static readonly TimeSpan PerNode = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (DiscoveredNode Discovered, byte[] Value)> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[] Value, ImmutableArray<ConfigError> Errors)> _refused = new(StringComparer.Ordinal);

    /// <summary>The nodes; null before the first read.</summary>
    public ImmutableArray<DiscoveredNode>? Nodes { get; private set; }

    /// <summary>The current errors in records. The nodes of invalid records keep their last good state.</summary>
    public ImmutableArray<ConfigError> Errors { get; private set; } = [];

    /// <summary>Reads until cancelled; never throws. Consul's errors are reported elsewhere; invalid records are left out.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var answer = await context.Agents.GetAsync(
                    $"/v1/kv/{ConsulNames.NodeFolder}?recurse&stale", cancellation).ConfigureAwait(false);
                if (answer.Status is 200 or 404)
                {
                    var read = await context.Reading.RunAsync(() => Read(answer.IsOk ? answer.Body : default)).ConfigureAwait(false);
                    await TakeAsync(read, cancellation).ConfigureAwait(false);
                    context.Changed();
                }
            }
            catch (Exception failure) when (
                failure is IOException
                    or JsonException
                    or InvalidOperationException
                    or KeyNotFoundException
                    or FormatException
                    or OperationCanceledException)
            {
                // The nodes are then shown with their age.
            }

            var pause = context.Times.Nodes + (_nodes.Count * PerNode);
            await Task.Delay(
                context.Jitter.Around(pause, 0.2), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // An unchanged record is parsed once, valid or not.
    private HashSet<string> Read(ReadOnlyMemory<byte> body)
    {
        var now = context.Time.GetTimestamp();
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in KeyValues.Read(body))
        {
            _ = there.Add(key);
            if (_nodes.TryGetValue(key, out var before) && value is not null && before.Value.AsSpan().SequenceEqual(value))
            {
                _nodes[key] = (before.Discovered with { Alive = true }, value);
                _ = _refused.Remove(key);
            }
            else if (!_refused.TryGetValue(key, out var refused) || !refused.Value.AsSpan().SequenceEqual(value))
            {
                Take(key, value, now);
            }
        }

        foreach (var gone in _refused.Keys.Where(key => !there.Contains(key)).ToList())
        {
            _ = _refused.Remove(gone);
        }

        var errors = new ConfigErrors();
        errors.AddRange(_refused.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Errors));
        Errors = errors.Count == 0 ? [] : errors.ToSorted();
        return there;
    }

    private void Take(string key, byte[]? value, long now)
    {
        var errors = new ConfigErrors();
        if (Record(key, value, errors) is { } record)
        {
            _nodes[key] = (new DiscoveredNode(record, Alive: true) { HeardAt = now }, value!);
            _ = _refused.Remove(key);
        }
        else
        {
            _refused[key] = (value ?? [], errors.ToSorted());
        }
    }

    private async Task TakeAsync(HashSet<string> there, CancellationToken cancellation)
    {
        foreach (var (key, (discovered, value)) in _nodes.Where(node => !there.Contains(node.Key)).ToList())
        {
            if (await IsRegisteredAsync(discovered.Record, cancellation).ConfigureAwait(false))
            {
                _nodes[key] = (discovered with { Alive = false }, value);
            }
            else
            {
                _ = _nodes.Remove(key);
            }
        }

        Nodes = [.. _nodes.Values.Select(node => node.Discovered).OrderBy(node => node.Record.Node, StringComparer.Ordinal)];
    }

    // A node's key disappears when the node leaves and when it falls silent. Only a silent node leaves its registrations behind.
    private async Task<bool> IsRegisteredAsync(NodeRecord record, CancellationToken cancellation)
    {
        var path = record.Gateway is { } gateway ? $"service/{Uri.EscapeDataString(gateway.Service)}"
            : record.Services is [var service, ..] ? $"connect/{Uri.EscapeDataString(service.Name)}"
            : $"service/{Uri.EscapeDataString(new IngressSpec().Service)}";
        var answer = await context.Agents.GetAsync($"/v1/health/{path}?stale", cancellation).ConfigureAwait(false);
        using var registrations = ConsulJson.Parse(answer.OrThrow().Body);
        return Registered.In(registrations).Any(registered => registered.Node == record.Node);
    }

    private static NodeRecord? Record(string key, byte[]? value, ConfigErrors errors)
    {
        var name = $"consul:kv/{key}";
        if (value is null)
        {
            errors.Add(YamlText.TooLarge(name, NodeRecordText.MaxBytes));
            return null;
        }

        var document = YamlDocuments.ReadOne(value, name, errors, NodeRecordText.MaxBytes);
        return errors.Count > 0 ? null : NodeRecordBinder.Bind(document, errors);
    }
}
