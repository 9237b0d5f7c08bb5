using System.Globalization;
using GatewayMesh.Commands.Status;

namespace GatewayMesh.Commands.Check;

/// <summary>Checks of what the node calls and fronts: its own applications, and instances that it has ejected.</summary>
internal static class TroubleChecks
{
    /// <summary>The findings; nodes that are gone have a check of their own.</summary>
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
                        $"{trouble.Address} does not serve for {time} s: {trouble.Reason}",
                        "start the application, or correct address, port or health of the service in the bootstrap file");
                    break;
                case "instance_ejected":
                    yield return new Finding(
                        Mark.Warning,
                        $"instance {trouble.Instance}",
                        $"{trouble.Service} at {trouble.Address} is ejected for {time} s: {trouble.Reason}",
                        trouble.Node.Length > 0 ? $"run `gatewaymesh check` on {trouble.Node}" : "look at the log of the instance");
                    break;
            }
        }
    }
}
