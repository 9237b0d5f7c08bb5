using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Identity;

namespace GatewayMesh.Commands.Status;

/// <summary>Text about a node's registry.</summary>
internal static class RegistryText
{
    /// <summary>Time of the last read as text, for example <c>last heard 45 s ago</c>.</summary>
    public static string Heard(this RegistryStatus registry) => registry.AgeSeconds is not { } seconds ? "not heard since this node started"
        : seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"last heard {seconds:0} s ago")
        : $"last heard {CertificateTimes.Text(TimeSpan.FromSeconds(seconds))} ago";
}
