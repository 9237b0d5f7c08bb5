using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Telemetry;

/// <summary>Enum values as metric tags and log words, in snake_case.</summary>
internal static class ClientTags
{
    public static string Of(Tier tier) => tier == Tier.Sidecar ? "sidecar" : "gateway";

    public static string Of(FailoverReason reason) => reason switch
    {
        FailoverReason.Refused => "refused",
        FailoverReason.ConnectTimeout => "connect_timeout",
        FailoverReason.Busy => "busy",
        FailoverReason.Draining => "draining",
        FailoverReason.Denied => "denied",
        FailoverReason.Untrusted => "untrusted",
        FailoverReason.Unsent => "unsent",
        FailoverReason.RefusedStream => "refused_stream",
        FailoverReason.NotForwarded => "not_forwarded",
        FailoverReason.Lost => "lost",
        _ => "hung",
    };

    public static string Of(ReplayRefusal refusal) => refusal switch
    {
        ReplayRefusal.NoTargetLeft => "no_way_left",
        ReplayRefusal.AttemptsUsedUp => "attempts_used_up",
        ReplayRefusal.NotIdempotent => "not_idempotent",
        ReplayRefusal.BodyGone => "body_gone",
        _ => "budget_spent",
    };
}
