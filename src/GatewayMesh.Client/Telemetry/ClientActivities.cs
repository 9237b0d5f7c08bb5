using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Telemetry;

/// <summary>Activities for failovers, one around each attempt after a failed one.</summary>
internal static class ClientActivities
{
    private static readonly ActivitySource Source = new(GatewayMeshTelemetry.ActivitySourceName);

    /// <summary>Starts the activity; null without a listener.</summary>
    public static Activity? StartFailover(Tier from, Tier to, FailoverReason reason, int attempt) =>
        Source.StartActivity("gatewaymesh.failover")?
        .SetTag("from", ClientTags.Of(from))
        .SetTag("to", ClientTags.Of(to))
        .SetTag("reason", ClientTags.Of(reason))
        .SetTag("attempt", attempt.ToString(CultureInfo.InvariantCulture));
}
