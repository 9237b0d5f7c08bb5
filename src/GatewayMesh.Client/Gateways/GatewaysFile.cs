using System.Collections.Immutable;
using GatewayMesh.Client.Settings;
using GatewayMesh.Gateways;

namespace GatewayMesh.Client.Gateways;

/// <summary>
/// The file <c>RUNDIR/SERVICE/gateways.json</c>, which the sidecar maintains. Checked at most once a second and reloaded when it changed. A
/// missing, partly written or invalid file changes nothing: the last good list stays.
/// </summary>
internal sealed class GatewaysFile(string path, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private const int MaxLength = 1024 * 1024;
    private readonly Lock _looking = new();
    private ImmutableArray<GatewayEntry> _gateways = [];
    private (DateTime Written, long Length) _seen;
    private long? _lookedAt;

    /// <summary>The gateways, best first.</summary>
    public ImmutableArray<GatewayEntry> Current
    {
        get
        {
            lock (_looking)
            {
                if (_lookedAt is not { } at || time.GetElapsedTime(at) >= LookAgain)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _gateways;
            }
        }
    }

    /// <summary>Parses the content of a file; null if invalid. Unknown properties are ignored.</summary>
    public static ImmutableArray<GatewayEntry>? Read(ReadOnlyMemory<byte> content)
    {
        if (GatewaysDocument.Read(content.Span) is not { Gateways: { } listed })
        {
            return null;
        }

        var gateways = listed.Select(Entry).OfType<GatewayEntry>().ToImmutableArray();
        return gateways.Length == listed.Length ? gateways : null;
    }

    // A gateway that requires verification is never used without it.
    private static GatewayEntry? Entry(ListedGateway? gateway) =>
        gateway is { Tls: false } or { Service: not null, TrustDomain: not null }
        && TargetAddress.TryParse(gateway.Tunnel, out var tunnel)
            ? new GatewayEntry(tunnel, gateway.Tls ? new GatewayEntryTls(gateway.Service!, gateway.TrustDomain!) : null)
            {
                IsRecorded = true,
            }
            : null;

    private void Look()
    {
        try
        {
            var file = new FileInfo(path);
            // Only a regular file has a length. Opening a FIFO would wait for a writer.
            if (file is { Exists: true, Length: > 0 and <= MaxLength }
                && (file.LastWriteTimeUtc, file.Length) is var now
                && now != _seen
                && Read(File.ReadAllBytes(path)) is { } gateways)
            {
                _seen = now;
                _gateways = gateways;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}
