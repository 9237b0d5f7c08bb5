using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Commands.Check;

/// <summary>Check of shared stores.</summary>
internal static class StoreChecks
{
    /// <summary>Returns a finding for each store.</summary>
    public static IEnumerable<Finding> Of(ImmutableArray<StoreStatus>? stores) =>
        from store in stores ?? []
        select store.State == "up"
            ? Finding.Well("store", $"stores.{store.Name}: {store.Address} is used")
            : new Finding(
                KeepsKeys(store) ? Mark.Broken : Mark.Warning,
                "store",
                $"stores.{store.Name}: {store.Address} is not used: {store.Reason}; "
                    + (KeepsKeys(store) ? "requests with an idempotency key are refused" : "rate limits are divided over the nodes instead"),
                $"start the server, or correct stores.{store.Name} in the bootstrap file");

    private static bool KeepsKeys(StoreStatus store) => store.Name == "idempotency";
}
