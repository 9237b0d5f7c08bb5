using System.Buffers;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// Readings of a request's path by applications. All readers read a plain path alike, which costs no allocation:
/// <code>
/// /v1/charges/4711                 ─► one reading
/// /a%2fb  /a/../b  //a  /a;x  \a   ─► one per <see cref="PathReader"/> with a different result
/// /a%2f..%2f../b  /a//../b         ─► tangled: readers climb differently, so every rule about paths denies
/// /a;x\b%00  /%25252561            ─► tangled: more peculiarities at once than any legitimate path has
/// </code>
/// </summary>
public readonly ref struct PathReadings
{
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,:=@/.|^`{}[]\"<>");

    private static readonly int[] First = [0];

    private readonly ReadOnlySpan<char> _plain;
    private readonly OddPath? _odd;

    private PathReadings(ReadOnlySpan<char> plain, OddPath? odd)
    {
        _plain = plain;
        _odd = odd;
    }

    /// <summary>True if all readers read the path alike.</summary>
    public bool IsPlain => _odd is null;

    /// <summary>
    /// True if readers disagree on the segment that <c>..</c> removes (an encoded or empty segment next to <c>..</c>, or parameters on it),
    /// or the path has more peculiarities at once than any legitimate path: encoded more than three times, or three of encoded twice, badly
    /// encoded, <c>\</c>, <c>;</c>, NUL or <c>?</c> or <c>#</c>, trailing spaces or dots of a segment. The readings then cannot be
    /// enumerated, so an allowing rule does not match and a denying rule does.
    /// </summary>
    public bool IsTangled => _odd is { IsTangled: true };

    /// <summary>Path as received.</summary>
    public ReadOnlySpan<char> Raw => _odd is null ? _plain : _odd.Raw;

    /// <summary>Decoded path in the reading of reader number <paramref name="reader"/>.</summary>
    public ReadOnlySpan<char> this[int reader] => _odd is null ? _plain : _odd.Text(reader);

    /// <summary>Creates the readings of a request target. The query is not included.</summary>
    public static PathReadings Of(string pathAndQuery)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? pathAndQuery : pathAndQuery.AsSpan(0, query);
        return AllReadAlike(path) ? new(path, null) : new(default, new OddPath(path.ToString()));
    }

    /// <summary>
    /// Path in the reading of reader number <paramref name="reader"/>, encoded: escapes in upper case, none for characters that need no
    /// escape.
    /// </summary>
    public ReadOnlySpan<char> Encoded(int reader) => _odd is null ? _plain : _odd.Encoded(reader);

    /// <summary>Indexes of the readers to evaluate; the first is 0.</summary>
    /// <param name="isUniform">True if all readers read the rules alike, so that a single reader is enough for readers with the same
    /// path.</param>
    public ReadOnlySpan<int> Readers(bool isUniform) =>
        _odd is null ? (isUniform ? First : PathReader.RelevantTo(PathTraits.Decoding))
        : isUniform || _odd.IsTangled ? _odd.Readers
        : PathReader.RelevantTo(_odd.Traits | PathTraits.Decoding);

    /// <summary>True if every reader takes such a path, or such a rule, literally.</summary>
    internal static bool AllReadAlike(ReadOnlySpan<char> path) =>
        path is ['/', ..]
        && path[^1] != '.'
        && !path.ContainsAnyExcept(PlainCharacters)
        && !path.Contains("//", StringComparison.Ordinal)
        && !path.Contains("/.", StringComparison.Ordinal)
        && !path.Contains("./", StringComparison.Ordinal);
}
