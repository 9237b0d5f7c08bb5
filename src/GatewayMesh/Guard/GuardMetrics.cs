using System.Globalization;
using System.Text;
using GatewayMesh.Guard.Carrying;

namespace GatewayMesh.Guard;

/// <summary>The guard's own counters in Prometheus text format. They survive the worker.</summary>
internal static class GuardMetrics
{
    /// <summary>The metric family of the tier: the guard decides the tier, so the worker's value is ignored.</summary>
    internal const string Tier = "gatewaymesh_tier";

    internal static string Text(GuardView view, GuardCounts counts, CarryCounts carried, GatewayWatch watch)
    {
        var text = new StringBuilder(2048);
        Counter(text, "gatewaymesh_guard_restarts_total", "Workers started.", counts.Restarts);
        Counter(text, "gatewaymesh_guard_leases_total", "Leases granted.", counts.Leases);
        Counter(text, "gatewaymesh_guard_revocations_total", "Leases revoked.", counts.Revocations);
        Counter(text, "gatewaymesh_guard_kills_total", "Workers killed as hung.", counts.Kills);
        Counter(text, "gatewaymesh_guard_probes_passed_total", "Private probes that passed.", counts.ProbesPassed);
        Counter(text, "gatewaymesh_guard_probes_failed_total", "Private probes that failed.", counts.ProbesFailed);
        Counter(text, "gatewaymesh_guard_timer_late_total", "Number of times the guard's own timer was late.", counts.TimerLate);
        Counter(text, "gatewaymesh_guard_carried_total", "Connections carried to a gateway.", carried.Total);
        Counter(text, "gatewaymesh_guard_carried_failed_total", "Carried connections that broke.", carried.Failed);
        Counter(text, "gatewaymesh_guard_carried_refused_total", "Connections reset because no gateway accepted them.", carried.Refused);
        Head(text, "gatewaymesh_guard_carried_open", "Connections carried now.", "gauge");
        Line(text, "gatewaymesh_guard_carried_open", "", carried.Open);
        Head(text, "gatewaymesh_failovers_total", "Changes of the tier that carries traffic.", "counter");
        foreach (var ((from, to, reason), count) in counts.Failovers)
        {
            Line(text, "gatewaymesh_failovers_total", $"{{from=\"{from}\",to=\"{to}\",reason=\"{reason}\"}}", count);
        }

        Head(text, Tier, "Tier that carries the traffic: 1 for the tier in use.", "gauge");
        foreach (var tier in (string[])["sidecar", "gateway", "none"])
        {
            Line(text, Tier, $"{{tier=\"{tier}\"}}", tier == view.Tier ? 1 : 0);
        }

        Head(text, "gatewaymesh_guard_gateway_answers", "1 if the gateway responded to the last exercise or carried connection.", "gauge");
        foreach (var gateway in watch.Seen)
        {
            Line(text, "gatewaymesh_guard_gateway_answers", $"{{gateway=\"{gateway.Node}\"}}", gateway.Ok ? 1 : 0);
        }

        return text.ToString();
    }

    private static void Counter(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, help, "counter");
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
}
