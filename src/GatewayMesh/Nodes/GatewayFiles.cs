using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Events;

namespace GatewayMesh.Nodes;

/// <summary>
/// Writes <c>RUNDIR/SERVICE/gateways.json</c> for each local service, for the guard and the client library. A list without gateways is not
/// written: the previous list is better than none.
/// </summary>
internal sealed class GatewayFiles(EventLog events)
{
    private readonly Dictionary<string, byte[]> _written = [];

    /// <param name="bootstrap">The node's bootstrap.</param>
    /// <param name="snapshot">The snapshot with the gateways.</param>
    /// <param name="trustDomain">The mesh's trust domain if peers use certificates and it is known.</param>
    internal void Write(BootstrapSpec bootstrap, MeshSnapshot snapshot, string? trustDomain)
    {
        if (bootstrap.Identity == IdentityMode.Mtls && trustDomain is null)
        {
            // The trust domain comes with the roots. Without roots, gateways cannot be dialed anyway.
            return;
        }

        var tls = bootstrap.Identity == IdentityMode.Mtls ? new GatewayTls(bootstrap.GatewayService, trustDomain!) : null;
        foreach (var service in bootstrap.Sidecar?.Services ?? [])
        {
            var list = GatewayList.Order(service.Name, service.GatewayGroup, bootstrap.Node, bootstrap.Zone, snapshot.Gateways, tls);
            var content = list.ToBytes();
            if (list.Gateways.IsEmpty || (_written.TryGetValue(service.Name, out var before) && before.AsSpan().SequenceEqual(content)))
            {
                continue;
            }

            try
            {
                var path = Path.Combine(bootstrap.RunDir, service.Name, "gateways.json");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path + ".new", content);
                File.Move(path + ".new", path, overwrite: true);
                _written[service.Name] = content;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                events.Warning(
                    "gateways_file_not_written", $"{failure.Message}; the guard keeps using the previous list", ("service", service.Name));
            }
        }
    }
}
