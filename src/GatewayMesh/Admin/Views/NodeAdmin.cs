using System.Buffers;
using System.Text;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Identity;
using GatewayMesh.Nodes;
using GatewayMesh.Registry.Live;
using GatewayMesh.Roles;

namespace GatewayMesh.Admin.Views;

/// <summary>Admin routes of a node: on its own listener when standalone, on the worker's Unix socket under a guard.</summary>
internal static class NodeAdmin
{
    /// <summary>The read-only routes.</summary>
    internal static Dictionary<(string Method, string Path), AdminHandler> Shown(MeshNode node) => new()
    {
        [("GET", "/-/live")] = _ => AdminResponse.OfText(200, "ok\n"),
        [("GET", "/-/ready")] = _ => node.Unfit is { } why ? AdminResponse.OfText(503, why + "\n") : AdminResponse.OfText(200, "ok\n"),
        [("GET", "/metrics")] = request => Metrics(node, MetricsFormat.IsOpenMetrics(request)),
        [("GET", "/status")] = _ => AdminResponse.OfDocument(200, Status(node), AdminJson.Default.NodeStatus),
        [("GET", "/config")] = _ => AdminResponse.OfDocument(200, ConfigView.Of(node), AdminJson.Default.ConfigDocument),
        [("GET", "/certs")] = _ => AdminResponse.OfDocument(200, Certificates(node), AdminJson.Default.CertificatesDocument),
        [("GET", "/endpoints")] = _ => AdminResponse.OfDocument(
            200,
            EndpointList.Of(node.Plane.Inspection.Endpoints(), node.Plane.Inspection.Snapshot.Refused),
            AdminJson.Default.EndpointStatusArray),
        [("GET", "/intentions/check")] = request => IntentionView.Check(node, request),
        [("GET", "/explain")] = request => ExplainView.Answer(node, request),
    };

    /// <summary>The data plane's part of <c>/status</c>.</summary>
    internal static NodeStatus Status(MeshNode node)
    {
        var now = node.Time.GetUtcNow();
        var snapshot = node.Configuration.Current;
        var status = new NodeStatus
        {
            Cluster = node.Inspection.Cluster,
            Worker = Worker(node),
            Registry = Registry(node),
            NameConflict = node.Inspection.NameConflict,
            Nodes = [.. node.Configuration.Nodes.Select(Peer)],
            RefusedTotal = snapshot.Refused.Length,
            Refused = RefusedRecords.First(snapshot.Refused),
            Troubles = TroubleList.Of(node.Inspection.Troubles),
            HiddenApplications =
            [
                .. HiddenApplications.Of(node.Bootstrap, snapshot).Select(hidden => new HiddenApplicationStatus
                {
                    Service = hidden.Service,
                    Application = hidden.Application.ToString(),
                }),
            ],
            CleartextServices = [.. CleartextServices.Of(snapshot)],
            Stores = node.Plane.Inspection.Stores() is { Count: > 0 } stores
                ? [.. stores.Select(store => new StoreStatus
                {
                    Name = store.Name,
                    Address = store.Address,
                    State = store.State.ToString().ToLowerInvariant(),
                    Reason = store.Reason,
                })]
                : null,
            Faults = FaultView.Status(node.Bootstrap.AllowFaults, snapshot),
            Certificates = node.Inspection.CertificateReport is { } report ? CertificateView.Of(report, now) : null,
        };
        return RoleTable.Of(node.Bootstrap).Show(status, node);
    }

    private static WorkerStatus Worker(MeshNode node)
    {
        var figures = node.Plane.Inspection.Figures;
        return new WorkerStatus
        {
            Revision = node.Configuration.Revision,
            Unfit = node.Unfit,
            Accepting = node.Plane.IsAccepting,
            Connections = figures.Connections,
            Inflight = figures.InFlight,
            Requests = figures.Total,
            Rate = Math.Round(figures.Rate, 2),
        };
    }

    private static RegistryStatus Registry(MeshNode node) => new()
    {
        Kind = node.Bootstrap.Registry!.Kind,
        Target = node.Bootstrap.Registry.Target,
        Synced = node.Configuration.Synced,
        Reached = node.Configuration.Reached ?? false,
        AgeSeconds = Seconds(node.Configuration.RegistryAge),
        PublishError = node.Publisher.Error?.ToString(),
        Origin = node.Configuration.Origin.ToString().ToLowerInvariant(),
        Revision = node.Configuration.Revision,
        Errors = [.. node.Configuration.Errors.Select(error => error.ToString())],
    };

    private static PeerStatus Peer(NodeLiveness status)
    {
        var record = status.Record;
        return new PeerStatus
        {
            Node = record.Node,
            Role = record.Role.Word(),
            Version = record.Version,
            Revision = record.Revision,
            Synced = record.Synced,
            Tier = record.Tier,
            Admin = record.Admin,
            RequestRate = Math.Round(record.RequestRate, 2),
            Alive = status.Alive,
            AgeSeconds = Seconds(status.Age),
            Pids = record.Pids,
            Services =
            [
                .. record.Services.Select(service => new PeerServiceStatus
                {
                    Name = service.Name,
                    Id = service.Id,
                    Address = service.Address.ToString(),
                    Healthy = service.Healthy,
                }),
            ],
        };
    }

    private static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 1) : null;

    private static CertificatesDocument Certificates(MeshNode node)
    {
        var now = node.Time.GetUtcNow();
        return CertificateView.Document(node.Inspection.CertificateReport, now) with
        {
            Public = PublicCertificates.Of(node.Plane.Inspection.EdgeCertificates, now),
        };
    }

    private static AdminResponse Metrics(MeshNode node, bool isOpen)
    {
        var text = new ArrayBufferWriter<byte>();
        node.Plane.Inspection.WriteMetrics(text, isOpen);
        if (node.Inspection.CertificateReport is { } certificates)
        {
            // Gauges are equal in both formats.
            text.Write(Encoding.UTF8.GetBytes(CertificateMetrics.Text(certificates, node.Time.GetUtcNow())));
        }

        return MetricsFormat.Respond(isOpen, Encoding.UTF8.GetString(text.WrittenSpan));
    }
}
