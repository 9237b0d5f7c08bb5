using System.Collections.Immutable;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// The gateways of each service, from its <c>gateways.json</c>. A missing or broken file changes nothing: the last good list stays in use.
/// </summary>
internal sealed class GatewayDirectory(string runDir)
{
    private const int Longest = 1024 * 1024;

    private readonly Dictionary<string, Listing> _known = [];

    /// <summary>Path of the file of <paramref name="service"/>.</summary>
    internal static string PathOf(string runDir, string service) => Path.Combine(runDir, service, "gateways.json");

    /// <summary>The gateways of <paramref name="service"/>, best first. Reloads the file after a change.</summary>
    internal ImmutableArray<GatewayAddress> Of(string service)
    {
        var path = PathOf(runDir, service);
        lock (_known)
        {
            var known = _known.GetValueOrDefault(service) ?? new Listing(default, []);
            try
            {
                var file = new FileInfo(path);
                var written = file.Exists ? file.LastWriteTimeUtc : known.Written;
                if (written != known.Written && GatewayList.Read(RegularFile.ReadAllBytes(path, Longest)) is { } list)
                {
                    _known[service] = known = new Listing(written, list.Gateways);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
            }

            return known.Gateways;
        }
    }

    private sealed record Listing(DateTime Written, ImmutableArray<GatewayAddress> Gateways);
}
