using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Commands.Check;

/// <summary>Check of injected faults: an operator must know that they are on, and that they are ignored.</summary>
internal static class FaultChecks
{
    private const int Named = 5;

    /// <summary>Returns the finding; none without faults.</summary>
    public static IEnumerable<Finding> Of(FaultStatus? faults)
    {
        if (faults is null)
        {
            yield break;
        }

        var services = Names(faults.Services);
        yield return faults.Allowed
            ? new Finding(
                Mark.Warning,
                "faults",
                $"this node injects faults into calls to {services}",
                "remove `faults` from the policies, or set allowFaults: false in the bootstrap file")
            : new Finding(
                Mark.Warning,
                "faults",
                $"the policies of {services} have faults, which this node ignores",
                "remove `faults` from the policies, or set allowFaults: true in the bootstrap file");
    }

    private static string Names(ImmutableArray<string> services) =>
        string.Join(", ", services.Take(Named)) + (services.Length > Named ? $" and {services.Length - Named} more" : "");
}
