using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Views;

/// <summary>Faults of policies, as shown by <c>/explain</c> and <c>/status</c>.</summary>
internal static class FaultView
{
    private const int Max = 100;

    /// <summary>Returns the faults of a policy; null if it has none.</summary>
    internal static ExplainedFaults? Explain(bool allowed, ImmutableArray<FaultRule> rules, string from, IRequestFacts request) =>
        rules.IsEmpty
            ? null
            : new ExplainedFaults
            {
                Allowed = allowed,
                Rules =
                [
                    .. rules.Select(rule => new ExplainedFault
                    {
                        Name = rule.Name,
                        Share = rule.Share,
                        Matches = rule.IsAbout(from, request),
                        Effect = string.Join(", ", Effects(rule)),
                    }),
                ],
            };

    /// <summary>Returns the services with faults; null if there are none.</summary>
    internal static FaultStatus? Status(bool allowed, MeshSnapshot snapshot) =>
        Services(snapshot).Take(Max).ToImmutableArray() is { IsEmpty: false } services
            ? new FaultStatus { Allowed = allowed, Services = services }
            : null;

    /// <summary>Names of the services whose policy has faults, be it for a feature flag, in order.</summary>
    internal static IEnumerable<string> Services(MeshSnapshot snapshot) =>
        snapshot.Services.Values.Where(service => HasFaults(service.Policy))
            .Select(service => service.Name)
            .Order(StringComparer.Ordinal);

    private static bool HasFaults(PolicyModel policy) =>
        !policy.Faults.IsEmpty || policy.Flags.Any(use => use.Faults is { IsEmpty: false });

    private static IEnumerable<string> Effects(FaultRule rule)
    {
        if (rule.Delay is { } delay)
        {
            var (min, max) = (DurationText.Format(delay.Min), DurationText.Format(delay.Max));
            yield return delay.Distribution == DelayDistribution.Fixed ? $"delay {max}"
                : $"delay {delay.Distribution.ToString().ToLowerInvariant()} from {min} to {max}";
        }

        if (rule.Abort is { } abort)
        {
            yield return abort.IsReset ? "reset" : $"abort {abort}";
        }

        if (rule.SlowBody is { } rate)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"body at {rate} bytes per second");
        }
    }
}
