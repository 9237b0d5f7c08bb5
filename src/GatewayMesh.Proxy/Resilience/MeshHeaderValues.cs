using System.Buffers;
using System.Globalization;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing.Tree;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Values of the mesh's header fields on a request.</summary>
/// <param name="Attempt">Number of attempts begun, including this one. Default: 1.</param>
/// <param name="Hops">Number of proxies passed. Default: 0.</param>
/// <param name="Timeout">Time left, or null.</param>
/// <param name="Source">The caller's service, or with certificates its ID, or null.</param>
/// <param name="Destination">The called service, or null.</param>
public readonly record struct MeshHeaderValues(int Attempt, int Hops, TimeSpan? Timeout, string? Source, string? Destination)
{
    /// <summary>The value of <see cref="MeshHeaders.Bypass"/>.</summary>
    public const string BypassesSidecar = "sidecar";

    /// <summary>The value of <see cref="MeshHeaders.Mirror"/>.</summary>
    public const string Mirrored = "1";

    /// <summary>The value of <see cref="MeshHeaders.Flag"/> if no flag is on; not a name.</summary>
    public const string NoFlag = "-";

    private const int DrawDigits = 16;
    private const int MaxCount = 99;
    private const int MaxTimeout = 86_400_000;
    private const int MaxName = 255;
    private const int MaxId = 1024;

    // The name of a service, also with a port, or the address of an instance.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:[]");
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/");

    /// <summary>True if a gateway is asked to bypass the callee's sidecars. Default: false.</summary>
    public bool Bypass { get; init; }

    /// <summary>Splitter sample of the request, or null.</summary>
    internal SplitSample? Draw { get; init; }

    /// <summary>Criticality of the request; null if unspecified. Default: null.</summary>
    public Criticality? Criticality { get; init; }

    /// <summary>True for a copy of a request. Default: false.</summary>
    public bool IsMirror { get; init; }

    /// <summary>Values of a request without any of the fields.</summary>
    public static MeshHeaderValues None => new(1, 0, null, null, null);

    /// <summary>
    /// Reads the fields sent by a peer. Returns false if a field is malformed, repeated, or out of bounds (counts up to 99, times up to a
    /// day, names up to 255 letters, digits, dots, hyphens, and underscores, a source also an ID of up to 1024): respond with 400. Only our
    /// own proxies write these fields (most of an application's are removed unread), so a malformed field is a fault or an attack; ignoring
    /// it would disable the loop protection and the bound on retries.
    /// </summary>
    internal static bool TryRead(FieldTable fields, out MeshHeaderValues values)
    {
        values = None;
        if (!TryNumber(fields[KnownField.MeshAttempt], 1, MaxCount, out var attempt)
            || !TryNumber(fields[KnownField.MeshHops], 0, MaxCount, out var hops)
            || !TryNumber(fields[KnownField.MeshTimeoutMs], 0, MaxTimeout, out var timeout)
            || !TryName(fields[KnownField.MeshSource], MaxId, IdCharacters, out var source)
            || !TryName(fields[KnownField.MeshDestination], MaxName, NameCharacters, out var destination)
            || !TryDraw(fields[KnownField.MeshDraw], out var draw)
            || !TryCriticality(fields, out var criticality)
            || !TryMirror(fields, out var isMirror)
            || fields[KnownField.MeshBypass] is not ([] or [BypassesSidecar]))
        {
            return false;
        }

        values = new MeshHeaderValues(
            attempt ?? 1,
            hops ?? 0,
            timeout is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            source,
            destination)
        {
            Bypass = fields[KnownField.MeshBypass].Count > 0,
            Draw = draw,
            Criticality = criticality,
            IsMirror = isMirror,
        };
        return true;
    }

    /// <summary>True if <paramref name="name"/> is a valid service name in a mesh header.</summary>
    public static bool IsName(string name) => !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>
    /// Reads the fields in which an application is trusted, <see cref="MeshHeaders.Attempt"/>, <see cref="MeshHeaders.Criticality"/>, and
    /// <see cref="MeshHeaders.Mirror"/>; its other fields are ignored. Returns false if a field is malformed or repeated: respond with
    /// 400. Treating a malformed attempt as the first would disable the bound on retries, and a misspelled criticality would be noticed
    /// only under overload.
    /// </summary>
    internal static bool TryReadOfApplication(FieldTable fields, out MeshHeaderValues values)
    {
        values = None;
        if (!TryNumber(fields[KnownField.MeshAttempt], 1, MaxCount, out var attempt)
            || !TryCriticality(fields, out var criticality)
            || !TryMirror(fields, out var isMirror))
        {
            return false;
        }

        values = None with { Attempt = attempt ?? 1, Criticality = criticality, IsMirror = isMirror };
        return true;
    }

    private static bool TryMirror(FieldTable fields, out bool isMirror)
    {
        var field = fields[KnownField.MeshMirror];
        isMirror = field.Count > 0;
        return field is [] or [Mirrored];
    }

    private static bool TryCriticality(FieldTable fields, out Criticality? value)
    {
        value = null;
        if (fields[KnownField.MeshCriticality] is not { Count: > 0 } field)
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

        // NumberStyles.None allows only digits, so neither "+1" nor " 1". Numbers with more digits than the maximum overflow or are out of
        // bounds.
        if (field.Count > 1
            || !int.TryParse(field[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < min
            || number > max)
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

        if (field.Count > 1
            || field[0] is not { Length: DrawDigits } digits
            || !ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        draw = new SplitSample(number);
        return true;
    }

    private static bool TryName(StringValues field, int max, SearchValues<char> allowed, out string? value)
    {
        value = null;
        if (field.Count == 0)
        {
            return true;
        }

        if (field.Count > 1 || field[0] is not { Length: > 0 } name || name.Length > max || name.AsSpan().ContainsAnyExcept(allowed))
        {
            return false;
        }

        value = name;
        return true;
    }
}
