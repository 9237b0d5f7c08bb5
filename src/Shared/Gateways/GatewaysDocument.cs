using System.Collections.Immutable;
using System.Text.Json;

namespace GatewayMesh.Gateways;

/// <summary>
/// <c>RUNDIR/SERVICE/gateways.json</c>: written by the worker, read by the guard and the client library. A document without
/// <c>schema</c> is of an older build and has schema 1.
/// </summary>
internal sealed record GatewaysDocument
{
    /// <summary>Schema of this document. Readers ignore unknown keys, so that new keys need no new number.</summary>
    public int Schema { get; set; } = 1;

    /// <summary>Service for which the gateways take over; null: absent.</summary>
    public string? Service { get; set; }

    /// <summary>Gateways in the order in which this host tries them; null: absent.</summary>
    public ImmutableArray<ListedGateway?>? Gateways { get; set; }

    /// <summary>Reads the content of the file. Null when a key has an unexpected kind: no part of such a list is used.</summary>
    public static GatewaysDocument? Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, GatewaysJson.Default.GatewaysDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Content of the file.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GatewaysJson.Default.GatewaysDocument);
}
