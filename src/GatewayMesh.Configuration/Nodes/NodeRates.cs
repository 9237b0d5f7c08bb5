using System.Collections.Immutable;
using System.Globalization;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Names of the demands in a node's record: <c>SERVICE/LIMIT/KEY</c>, the key as 16 hexadecimal digits of its hash.</summary>
public static class NodeRates
{
    /// <summary>Most demands in a record: 64.</summary>
    public const int Max = 64;

    /// <summary>Most bytes of the demands in a record: 6 KiB.</summary>
    public const int MaxBytes = 6 * 1024;

    private const int Reserve = 512; // for what grows until the next record, such as the health of services
    private const int Digits = 16;
    private const int Punctuation = 16; // and the number

    /// <summary>Returns the name of a limit.</summary>
    public static string NameOf(string service, string limit) => $"{service}/{limit}";

    /// <summary>Returns the name of a key's demand.</summary>
    public static string IdOf(string limit, UInt128 key) =>
        string.Create(CultureInfo.InvariantCulture, $"{limit}/{(ulong)(key >> 64):x16}");

    /// <summary>
    /// Returns the bytes that a record has left for demands. A demand must not make a record too large for other nodes: without it this
    /// node still has its floor.
    /// </summary>
    public static int RoomIn(NodeRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var bare = record with { Rates = ImmutableSortedDictionary<string, double>.Empty };
        return Math.Clamp(NodeRecordText.MaxBytes - Reserve - NodeRecordText.Write(bare).Length, 0, MaxBytes);
    }

    /// <summary>Returns the first of these demands that fit into a record.</summary>
    /// <param name="demands">The demands, the largest first.</param>
    /// <param name="room">Bytes for the demands.</param>
    public static ImmutableSortedDictionary<string, double> Bounded(IEnumerable<(string Id, double Demand)> demands, int room)
    {
        var bytes = 0;
        return demands.Take(Max).TakeWhile(one => (bytes += one.Id.Length + Punctuation) <= room)
            .ToImmutableSortedDictionary(one => one.Id, one => one.Demand, StringComparer.Ordinal);
    }

    /// <summary>Reads the name of a demand; false if it is malformed.</summary>
    public static bool TryRead(string id, out string limit, out ulong key)
    {
        ArgumentNullException.ThrowIfNull(id);
        (limit, key) = ("", 0);
        var slash = id.LastIndexOf('/');
        if (slash <= 0
            || id.Length - slash - 1 != Digits
            || !ulong.TryParse(id.AsSpan(slash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key))
        {
            return false;
        }

        limit = id[..slash];
        return true;
    }
}
