using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Drills.Faults;

namespace GatewayMesh.Drills.Drill;

/// <summary>The cost that each fault may have for an application that uses plain HTTP without retries.</summary>
internal static class Promises
{
    private const double ServedWithinMs = 1000;
    private const long LeasesEverySeconds = 30;

    /// <summary>The promise of a fault, as printed.</summary>
    public static string Of(FaultKind kind) => kind switch
    {
        FaultKind.Kill => "nothing refused, at most one request lost per connection",
        FaultKind.Hang => "nothing refused, at most one request lost per connection plus those that waited",
        FaultKind.Slow => "no worker killed, no change of tier, nothing failed",
        FaultKind.CrashLoop =>
            "nothing refused, at most one lease in 30 s after the second crash, at most one request lost per connection and lease",
        FaultKind.Starve => "no worker killed, nothing failed",
        FaultKind.GatewaysDown => "refused at once, no request left waiting, served within 1 s of the first gateway's return",
        FaultKind.RegistryDown => "nothing failed, no change of tier, and the registry back in sync at the end",
        FaultKind.Command => "nothing failed, or no more than --may-lose",
        _ => "nothing failed",
    };

    /// <summary>Returns the promises that <paramref name="result"/> breaks.</summary>
    public static ImmutableArray<string> Judge(DrillResult result)
    {
        var broken = ImmutableArray.CreateBuilder<string>();
        if (result.Trace.Failure is { } failure)
        {
            broken.Add($"the fault could not be injected: {failure}");
        }
        else if (result.Trace.BeganAt is null)
        {
            broken.Add("the fault was never injected");
        }

        var load = result.Load;
        if (load.Ok == 0)
        {
            broken.Add("no request was answered");
        }

        var connections = result.Spec.Load.Connections;
        switch (result.Spec.Fault)
        {
            case FaultKind.Kill:
                AtMost(broken, "refused", load.Refused, 0);
                AtMost(broken, "lost", load.Lost, connections);
                AtMost(broken, "failed otherwise", load.Failed - load.Refused - load.Lost, 0);
                break;
            case FaultKind.Hang:
                AtMost(broken, "refused", load.Refused, 0);
                AtMost(broken, "lost", load.Lost, connections + load.Waited);
                AtMost(broken, "failed otherwise", load.Failed - load.Refused - load.Lost, 0);
                AtLeast(broken, "workers killed as hung", result.Watch.Kills, 1);
                break;
            case FaultKind.CrashLoop:
                AtMost(broken, "refused", load.Refused, 0);
                AtMost(broken, "lost", load.Lost, connections * (1 + result.Watch.Leases));
                AtMost(broken, "leases", result.Watch.Leases, LeasesAllowed(result));
                break;
            case FaultKind.Slow:
                AtMost(broken, "failed", load.Failed, 0);
                AtMost(broken, "workers killed", result.Watch.Kills, 0);
                OneTier(broken, result);
                break;
            case FaultKind.Starve:
                AtMost(broken, "failed", load.Failed, 0);
                AtMost(broken, "workers killed", result.Watch.Kills, 0);
                break;
            case FaultKind.GatewaysDown:
                AtLeast(broken, "refused while no worker or gateway could serve", load.Refused, 1);
                AtMost(broken, "timed out", load.TimedOut, 0);
                Served(broken, result);
                break;
            case FaultKind.RegistryDown:
                AtMost(broken, "failed", load.Failed, 0);
                AtMost(broken, "workers killed", result.Watch.Kills, 0);
                OneTier(broken, result);
                break;
            case FaultKind.Command:
                AtMost(broken, "failed", load.Failed, result.Spec.Order?.MayLose ?? 0);
                break;
            default:
                AtMost(broken, "failed", load.Failed, 0);
                break;
        }

        return broken.ToImmutable();
    }

    // Two leases are free (one for each of the first two crashes), then one per 30 s.
    private static long LeasesAllowed(DrillResult result) =>
        3 + (long)((result.Spec.Load.Duration ?? TimeSpan.Zero).TotalSeconds / LeasesEverySeconds);

    private static void OneTier(ImmutableArray<string>.Builder broken, DrillResult result)
    {
        var tiers = result.Watch.Tiers.Distinct().ToArray();
        if (tiers.Length > 1)
        {
            broken.Add($"the tier changed: {string.Join(" → ", tiers)}");
        }
    }

    private static void Served(ImmutableArray<string>.Builder broken, DrillResult result)
    {
        if (result.Trace.GatewayBackAt is null)
        {
            broken.Add("no gateway returned, so no request could be served");
        }
        else if (result.ServedAfterReturnMs is not { } served)
        {
            broken.Add("no request was served after the first gateway's return");
        }
        else if (served > ServedWithinMs)
        {
            broken.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"served only {served:0} ms after the first gateway's return, promised within {ServedWithinMs:0}"));
        }
    }

    private static void AtMost(ImmutableArray<string>.Builder broken, string what, long count, long most)
    {
        if (count > most)
        {
            broken.Add($"{count} {what}, promised at most {most}");
        }
    }

    private static void AtLeast(ImmutableArray<string>.Builder broken, string what, long count, long least)
    {
        if (count < least)
        {
            broken.Add($"{count} {what}, promised at least {least}");
        }
    }
}
