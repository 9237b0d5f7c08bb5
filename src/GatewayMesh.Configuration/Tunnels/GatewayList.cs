using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tunnels;

/// <summary>
/// <c>RUNDIR/SERVICE/gateways.json</c>: the gateways that stand in for a service, best first. Written by the worker; read by the guard and by
/// the client library; kept over restarts.
/// </summary>
/// <param name="Service">The service.</param>
/// <param name="Gateways">The gateways in the order in which this host tries them.</param>
public sealed record GatewayList(string Service, ImmutableArray<GatewayAddress> Gateways)
{
    /// <summary>Orders gateways for a node: healthy ones first, own zone first, then by rendezvous hash, so that the hosts of a fleet spread over them.</summary>
    /// <param name="service">The service that they stand in for.</param>
    /// <param name="group">Its group of gateways.</param>
    /// <param name="node">This node.</param>
    /// <param name="zone">Its zone, or null.</param>
    /// <param name="gateways">All gateways.</param>
    /// <param name="tls">Whom to expect when peers are known by certificates: tunnels then come on the listener for mesh peers. Null: plaintext.</param>
    public static GatewayList Order(string service, string group, string node, string? zone, IEnumerable<Snapshot.GatewayModel> gateways, GatewayTls? tls = null) =>
        new(service,
        [
            .. gateways
                .Where(gateway => gateway.Group == group)
                .OrderByDescending(gateway => gateway.Healthy)
                .ThenByDescending(gateway => zone is not null && gateway.Zone == zone)
                .ThenByDescending(gateway => RendezvousHash(node, gateway.Node))
                .Select(gateway => new GatewayAddress(gateway.Node, gateway.Mesh, tls is null ? gateway.Tunnel : gateway.Mesh) { Tls = tls }),
        ]);

    /// <summary>The file's content.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("service", Service);
            json.WriteStartArray("gateways");
            foreach (var gateway in Gateways)
            {
                json.WriteStartObject();
                json.WriteString("node", gateway.Node);
                json.WriteString("mesh", gateway.Mesh.ToString());
                json.WriteString("tunnel", gateway.Tunnel.ToString());
                if (gateway.Tls is { } tls)
                {
                    json.WriteBoolean("tls", true);
                    json.WriteString("service", tls.Service);
                    json.WriteString("trustDomain", tls.TrustDomain);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the file's content.</summary>
    /// <returns>Null when it is not such a file; unknown properties are passed over.</returns>
    public static GatewayList? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var gateways = ImmutableArray.CreateBuilder<GatewayAddress>();
            foreach (var gateway in root.GetProperty("gateways").EnumerateArray())
            {
                if (!HostPort.TryParse(gateway.GetProperty("mesh").GetString(), out var mesh)
                    || !HostPort.TryParse(gateway.GetProperty("tunnel").GetString(), out var tunnel))
                {
                    return null;
                }

                gateways.Add(new GatewayAddress(gateway.GetProperty("node").GetString() ?? "", mesh, tunnel) { Tls = TlsOf(gateway) });
            }

            return new GatewayList(root.GetProperty("service").GetString() ?? "", gateways.ToImmutable());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // A gateway that is to be verified is never taken for one that is not.
    private static GatewayTls? TlsOf(JsonElement gateway) => gateway.TryGetProperty("tls", out var tls) && tls.GetBoolean()
        ? new GatewayTls(gateway.GetProperty("service").GetString() ?? "", gateway.GetProperty("trustDomain").GetString() ?? "")
        : null;

    // FNV-1a with a final mix: the same on every node and in every version, unlike string.GetHashCode.
    private static ulong RendezvousHash(string node, string gateway)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in $"{node}\n{gateway}")
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }
}

/// <summary>A gateway as a host dials it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Mesh">Its listener for mesh peers.</param>
/// <param name="Tunnel">Its listener for guards' tunnels.</param>
public sealed record GatewayAddress(string Node, HostPort Mesh, HostPort Tunnel)
{
    /// <summary>Whom to expect behind it, by TLS; null: the tunnel is in plaintext.</summary>
    public GatewayTls? Tls { get; init; }
}

/// <summary>Who a gateway must be to be believed: its certificate names this service of this trust domain.</summary>
/// <param name="Service">The gateway's own service.</param>
/// <param name="TrustDomain">Its trust domain; of roots that name theirs, theirs counts.</param>
public sealed record GatewayTls(string Service, string TrustDomain);
