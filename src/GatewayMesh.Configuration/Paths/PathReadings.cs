using System.Buffers;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A request's path as applications may read it. A plain path is read alike by all and costs no allocation:
/// <code>
/// /v1/charges/4711                 ─► one reading
/// /a%2fb  /a/../b  //a  /a;x  \a   ─► one for each <see cref="PathReader"/> that sees something else
/// /a%2f..%2f../b  /a//../b         ─► tangled: readers climb differently, so every rule about paths says no
/// /a;x\b%00  /%25252561            ─► tangled: more peculiarities at once than anybody honest has
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

    /// <summary>True if all readers see the same.</summary>
    public bool IsPlain => _odd is null;

    /// <summary>
    /// True if readers disagree on what <c>..</c> takes away (an encoded or empty segment beside it, parameters on it), or the path has more peculiarities at once than
    /// anybody honest has: encoded more than three times, or three of encoded twice, badly encoded, <c>\</c>, <c>;</c>, NUL or <c>?</c> or <c>#</c>, blanks or dots behind a segment.
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

    /// <summary>The numbers of the readers that are to be asked; the first is 0.</summary>
    /// <param name="isUniform">All readers read the rules alike, so that of readers that see the same path one is enough.</param>
    public ReadOnlySpan<int> Readers(bool isUniform) =>
        _odd is null ? (isUniform ? First : PathReader.RelevantTo(PathTraits.Decoding))
        : isUniform || _odd.IsTangled ? _odd.Readers
        : PathReader.RelevantTo(_odd.Traits | PathTraits.Decoding);

    /// <summary>True if every reader sees such a path, or such a rule, as it stands.</summary>
    internal static bool AllReadAlike(ReadOnlySpan<char> path) =>
        path is ['/', ..]
        && path[^1] != '.'
        && !path.ContainsAnyExcept(PlainCharacters)
        && !path.Contains("//", StringComparison.Ordinal)
        && !path.Contains("/.", StringComparison.Ordinal)
        && !path.Contains("./", StringComparison.Ordinal);
}
