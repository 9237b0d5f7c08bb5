using System.Collections.Immutable;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>The gateways of each service as its <c>gateways.json</c> has them. A file that is gone or broken changes nothing: the last good one holds.</summary>
internal sealed class GatewayDirectory(string runDir)
{
    private const int Longest = 1024 * 1024;

    private readonly Dictionary<string, Listing> _known = [];

    /// <summary>Where the file of <paramref name="service"/> stands.</summary>
    internal static string PathOf(string runDir, string service) => Path.Combine(runDir, service, "gateways.json");

    /// <summary>The gateways of <paramref name="service"/>, best first. Reads the file when it has changed.</summary>
    internal ImmutableArray<GatewayAddress> Of(string service)
    {
        var path = PathOf(runDir, service);
        lock (_known)
        {
            var known = _known.GetValueOrDefault(service) ?? new Listing(default, []);
            try
            {
                var written = File.GetLastWriteTimeUtc(path);
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
