using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Telemetry;

/// <summary>One activity for each failover, around the attempt that follows.</summary>
internal static class ClientActivities
{
    private static readonly ActivitySource Source = new(GatewayMeshTelemetry.ActivitySourceName);

    /// <summary>Null when nobody listens.</summary>
    public static Activity? StartFailover(Tier from, Tier to, FailoverReason reason, int attempt) => Source.StartActivity("gatewaymesh.failover")?
        .SetTag("from", Words.Of(from))
        .SetTag("to", Words.Of(to))
        .SetTag("reason", Words.Of(reason))
        .SetTag("attempt", attempt.ToString(CultureInfo.InvariantCulture));
}
