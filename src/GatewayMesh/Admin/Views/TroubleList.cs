using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Troubles;

namespace GatewayMesh.Admin.Views;

/// <summary>The troubles in <c>/status</c>.</summary>
internal static class TroubleList
{
    private const int Max = 100;

    /// <summary>The troubles. A long list is cut to the longest-lasting troubles.</summary>
    internal static ImmutableArray<TroubleStatus> Of(IReadOnlyList<OpenTrouble> open) =>
    [
        .. open.Take(Max).Select(each => new TroubleStatus
        {
            Kind = each.Trouble.Word,
            Service = each.Trouble.Service,
            Instance = each.Trouble.Instance,
            Node = each.Trouble.Node,
            Address = each.Trouble.Address,
            Reason = each.Trouble.Reason,
            Seconds = Math.Round(each.Duration.TotalSeconds, 1),
        }),
    ];
}
