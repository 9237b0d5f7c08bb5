using System.Buffers;
using System.Globalization;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Routing.Tree;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>What a peer says of a request in the mesh's header fields.</summary>
/// <param name="Attempt">Attempts begun, this one included. Default: 1.</param>
/// <param name="Hops">Proxies passed. Default: 0.</param>
/// <param name="Timeout">Time left, or null.</param>
/// <param name="Source">The caller's service, or with certificates its id, or null.</param>
/// <param name="Destination">The called service, or null.</param>
public readonly record struct MeshHeaderValues(int Attempt, int Hops, TimeSpan? Timeout, string? Source, string? Destination)
{
    /// <summary>The value of <see cref="MeshHeaders.Bypass"/>.</summary>
    public const string BypassesSidecar = "sidecar";

    private const int DrawDigits = 16;
    private const int MaxCount = 99;
    private const int MaxTimeout = 86_400_000;
    private const int MaxName = 255;
    private const int MaxId = 1024;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/");

    /// <summary>A gateway is asked to go past the callee's sidecars. Default: false.</summary>
    public bool Bypass { get; init; }

    /// <summary>Its lot at splitters, or null.</summary>
    internal SplitSample? Draw { get; init; }

    /// <summary>How much the request matters; null: nobody said so. Default: null.</summary>
    public Criticality? Criticality { get; init; }

    /// <summary>Of a request without any of the fields.</summary>
    public static MeshHeaderValues None => new(1, 0, null, null, null);

    /// <summary>
    /// Reads the fields that a peer sent. False when one is malformed, repeated or out of bounds (counts up to 99, times up to a day, names up to
    /// 255 characters of letters, digits, dot, dash and underscore, a source also an id of up to 1024): answer 400. They are written by our own proxies only (of an application's
    /// most are removed unread), so that a malformed one is a fault or an attack; to ignore it would undo the loop protection and the bound on retries.
    /// </summary>
    public static bool TryRead(IHeaderDictionary headers, out MeshHeaderValues values)
    {
        values = None;
        if (!TryNumber(headers[MeshHeaders.Attempt], 1, MaxCount, out var attempt)
            || !TryNumber(headers[MeshHeaders.Hops], 0, MaxCount, out var hops)
            || !TryNumber(headers[MeshHeaders.TimeoutMs], 0, MaxTimeout, out var timeout)
            || !TryName(headers[MeshHeaders.Source], MaxId, IdCharacters, out var source)
            || !TryName(headers[MeshHeaders.Destination], MaxName, NameCharacters, out var destination)
            || !TryDraw(headers[MeshHeaders.Draw], out var draw)
            || !TryCriticality(headers, out var criticality)
            || headers[MeshHeaders.Bypass] is not ([] or [BypassesSidecar]))
        {
            return false;
        }

        values = new MeshHeaderValues(attempt ?? 1, hops ?? 0, timeout is { } ms ? TimeSpan.FromMilliseconds(ms) : null, source, destination) { Bypass = headers[MeshHeaders.Bypass].Count > 0, Draw = draw, Criticality = criticality };
        return true;
    }

    /// <summary>Whether <paramref name="name"/> can be a service's in a mesh header.</summary>
    public static bool IsName(string name) => !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>
    /// Reads the two fields in which an application is believed, <see cref="MeshHeaders.Attempt"/> and <see cref="MeshHeaders.Criticality"/>; its others are not looked at.
    /// False when one is malformed or repeated: answer 400. To take a malformed attempt for the first would undo the bound on retries, and a criticality with a typing
    /// error would be found out under overload only.
    /// </summary>
    public static bool TryReadOfApplication(IHeaderDictionary headers, out MeshHeaderValues values)
    {
        values = None;
        if (!TryNumber(headers[MeshHeaders.Attempt], 1, MaxCount, out var attempt) || !TryCriticality(headers, out var criticality))
        {
            return false;
        }

        values = None with { Attempt = attempt ?? 1, Criticality = criticality };
        return true;
    }

    private static bool TryCriticality(IHeaderDictionary headers, out Criticality? value)
    {
        value = null;
        if (!headers.TryGetValue(MeshHeaders.Criticality, out var field) || field.Count == 0)
        {
            return true;
        }

        if (field.Count > 1 || !CriticalityWord.TryRead(field[0], out var criticality))
        {
            return false;
        }

        value = criticality;
        return true;
    }

    private static bool TryNumber(StringValues field, int min, int max, out int? value)
    {
        value = null;
        if (field.Count == 0)
        {
            return true;
        }

        // NumberStyles.None: digits only, so neither "+1" nor " 1". More digits than the maximum has overflow or are out of bounds.
        if (field.Count > 1 || !int.TryParse(field[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
        {
            return false;
        }

        value = number;
        return true;
    }

    private static bool TryDraw(StringValues field, out SplitSample? draw)
    {
        draw = null;
        if (field.Count == 0)
        {
            return true;
        }

        if (field.Count > 1 || field[0] is not { Length: DrawDigits } digits || !ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        draw = new SplitSample(number);
        return true;
    }

    private static bool TryName(StringValues field, int max, SearchValues<char> may, out string? value)
    {
        value = null;
        if (field.Count == 0)
        {
            return true;
        }

        if (field.Count > 1 || field[0] is not { Length: > 0 } name || name.Length > max || name.AsSpan().ContainsAnyExcept(may))
        {
            return false;
        }

        value = name;
        return true;
    }
}
