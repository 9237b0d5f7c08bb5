using System.Globalization;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Commands.Check;

/// <summary>Checks of the node's own applications and of the instances it has ejected.</summary>
internal static class TroubleChecks
{
    /// <summary>Returns the findings. Nodes that are gone have a check of their own.</summary>
    public static IEnumerable<Finding> Of(IEnumerable<TroubleStatus> troubles)
    {
        foreach (var trouble in troubles)
        {
            var time = trouble.Seconds.ToString("0", CultureInfo.InvariantCulture);
            switch (trouble.Kind)
            {
                case "application_down":
                    yield return new Finding(
                        Mark.Broken,
                        $"application {trouble.Instance}",
                        $"{trouble.Address} has not served for {time} s: {trouble.Reason}",
                        "start the application, or fix address, port or health of the service in the bootstrap file");
                    break;
                case "instance_ejected":
                    yield return new Finding(
                        Mark.Warning,
                        $"instance {trouble.Instance}",
                        $"{trouble.Service} at {trouble.Address} has been ejected for {time} s: {trouble.Reason}",
                        trouble.Node.Length > 0 ? $"run `gatewaymesh check` on {trouble.Node}" : "see the log of the instance");
                    break;
            }
        }
    }
}
