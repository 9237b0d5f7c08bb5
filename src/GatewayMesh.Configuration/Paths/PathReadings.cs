using System.Buffers;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A request's path as applications may read it. A plain path is read alike by all and costs no allocation:
/// <code>
/// /v1/charges/4711                 ─► one reading
/// /a%2fb  /a/../b  //a  /a;x  \a   ─► one for each <see cref="PathReader"/>
/// /a%2f..%2f../b  /a//../b         ─► tangled: readers climb differently, so every rule about paths says no
/// </code>
/// </summary>
public readonly ref struct PathReadings
{
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,:=@/.|^`{}[]\"<>");

    private readonly ReadOnlySpan<char> _plain;
    private readonly OddPath? _odd;

    private PathReadings(ReadOnlySpan<char> plain, OddPath? odd)
    {
        _plain = plain;
        _odd = odd;
    }

    /// <summary>Readers whose readings there are.</summary>
    public static int Count => PathReader.All.Length;

    /// <summary>True if all readers see the same.</summary>
    public bool IsPlain => _odd is null;

    /// <summary>
    /// True if readers disagree on what <c>..</c> takes away (an encoded or empty segment beside it, parameters on it), or the path is encoded more than three times.
    /// Then nobody can list what an application makes of it, so that a rule that allows does not match, and one that denies does.
    /// </summary>
    public bool IsTangled => _odd is { IsTangled: true };

    /// <summary>The path as it came.</summary>
    public ReadOnlySpan<char> Raw => _odd is null ? _plain : _odd.Raw;

    /// <summary>The decoded path that reader number <paramref name="reader"/> sees.</summary>
    public ReadOnlySpan<char> this[int reader] => _odd is null ? _plain : _odd.Text(reader);

    /// <summary>The readings of a request's target. The query is no part of them.</summary>
    public static PathReadings Of(string pathAndQuery)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? pathAndQuery : pathAndQuery.AsSpan(0, query);
        return AllReadAlike(path) ? new(path, null) : new(default, new OddPath(path.ToString()));
    }

    /// <summary>What reader number <paramref name="reader"/> sees, written as a path: its escapes in capitals, none for what may stand for itself.</summary>
    public ReadOnlySpan<char> Encoded(int reader) => _odd is null ? _plain : _odd.Encoded(reader);

    /// <summary>True if a reader with a lower number sees the same.</summary>
    public bool Repeats(int reader) => _odd is null ? reader > 0 : _odd.Repeats(reader);

    private static bool AllReadAlike(ReadOnlySpan<char> path) =>
        path is ['/', ..]
        && path[^1] != '.'
        && !path.ContainsAnyExcept(PlainCharacters)
        && !path.Contains("//", StringComparison.Ordinal)
        && !path.Contains("/.", StringComparison.Ordinal)
        && !path.Contains("./", StringComparison.Ordinal);
}
