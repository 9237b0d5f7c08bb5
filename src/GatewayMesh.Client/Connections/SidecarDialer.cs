using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>Connects to the sidecar's outbound address. Speaks HTTP from the first byte.</summary>
internal sealed class SidecarDialer(TargetAddress address, TimeSpan timeout, TimeProvider time) : IDialer
{
    private readonly Dialing _dialing = new(address, timeout, time);

    public ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation) => _dialing.ConnectAsync(patient, null, cancellation);
}
