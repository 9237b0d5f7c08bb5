using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Catalogue;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// What the nodes write of themselves, for status. Read now and then and the more seldom the more nodes there are, never by a poll that
/// waits: each of N nodes writes every 10 s, and must not wake N readers.
/// </summary>
internal sealed class NodePoll(WatchGround ground)
{
    private static readonly TimeSpan PerNode = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (NodeSighting Sighting, byte[] Value)> _nodes = new(StringComparer.Ordinal);

    /// <summary>The nodes; null while they were never read.</summary>
    public ImmutableArray<NodeSighting>? Nodes { get; private set; }

    /// <summary>Reads until cancelled; never throws. What is wrong with Consul, others say; a record that is none is left out.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var answer = await ground.Agents.GetAsync($"/v1/kv/{ConsulNames.NodeFolder}?recurse&stale", cancellation).ConfigureAwait(false);
                if (answer.Status is 200 or 404)
                {
                    await TakeAsync(KeyValues.Read(answer.IsOk ? answer.Body : default), cancellation).ConfigureAwait(false);
                    ground.Changed();
                }
            }
            catch (Exception failure) when (failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OperationCanceledException)
            {
                // Shown as old as they are then.
            }

            var pause = ground.Times.Nodes + (_nodes.Count * PerNode);
            await Task.Delay(ground.Jitter.Around(pause, 0.2), ground.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAsync(List<(string Key, byte[] Value)> read, CancellationToken cancellation)
    {
        var now = ground.Time.GetTimestamp();
        foreach (var (key, value) in read)
        {
            var known = _nodes.TryGetValue(key, out var before);
            var record = known && before.Value.AsSpan().SequenceEqual(value) ? before.Sighting.Record : Record(key, value);
            if (record is not null)
            {
                _nodes[key] = (new NodeSighting(record, Alive: true) { HeardAt = known && record == before.Sighting.Record ? before.Sighting.HeardAt : now }, value);
            }
        }

        var there = read.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, (sighting, value)) in _nodes.Where(node => !there.Contains(node.Key)).ToList())
        {
            if (await IsRegisteredAsync(sighting.Record, cancellation).ConfigureAwait(false))
            {
                _nodes[key] = (sighting with { Alive = false }, value);
            }
            else
            {
                _ = _nodes.Remove(key);
            }
        }

        Nodes = [.. _nodes.Values.Select(node => node.Sighting).OrderBy(node => node.Record.Node, StringComparer.Ordinal)];
    }

    // Both who says farewell and who falls silent vanish from the store; only the silent one leaves its registrations behind.
    private async Task<bool> IsRegisteredAsync(NodeRecord record, CancellationToken cancellation)
    {
        var path = record.Gateway is { } gateway ? $"service/{Uri.EscapeDataString(gateway.Service)}"
            : record.Services is [var service, ..] ? $"connect/{Uri.EscapeDataString(service.Name)}"
            : $"service/{Uri.EscapeDataString(new IngressSpec().Service)}";
        var answer = await ground.Agents.GetAsync($"/v1/health/{path}?stale", cancellation).ConfigureAwait(false);
        using var registrations = JsonDocument.Parse(answer.OrThrow().Body);
        return Registered.In(registrations).Any(registered => registered.Node == record.Node);
    }

    private static NodeRecord? Record(string key, byte[] value)
    {
        var errors = new ConfigErrors();
        var document = YamlDocuments.ReadOne(value, $"consul:kv/{key}", errors);
        return errors.Count > 0 ? null : NodeRecordBinder.Bind(document, errors);
    }
}
