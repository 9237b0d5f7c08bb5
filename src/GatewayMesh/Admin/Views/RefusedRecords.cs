using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Admin.Views;

/// <summary>Registry records that this node ignores because their address must not be dialed.</summary>
internal static class RefusedRecords
{
    /// <summary>
    /// Maximum number of records in <c>/status</c> and <c>explain</c>: registry writers must not make the output endless.
    /// </summary>
    private const int Max = 20;

    /// <summary>The first records.</summary>
    internal static ImmutableArray<RefusedRecordStatus> First(IEnumerable<RefusedRecord> records) =>
    [
        .. records.Take(Max).Select(record => new RefusedRecordStatus
        {
            Service = record.Service,
            Id = record.Id,
            Node = record.Node,
            Address = record.Address.ToString(),
            Because = record.Fault.Sentence(),
            Fix = record.Fault.Fix(),
        }),
    ];

    /// <summary>The records as items of <c>/endpoints</c>: no traffic, never healthy.</summary>
    internal static IEnumerable<EndpointStatus> Endpoints(IEnumerable<RefusedRecord> records) => records.Select(record => new EndpointStatus
    {
        Service = record.Service,
        Id = record.Id,
        Node = record.Node,
        Address = record.Address.ToString(),
        Refused = record.Fault.Word(),
    });
}
