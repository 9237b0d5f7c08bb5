using System.Net.Sockets;
using System.Text;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Http;
using GatewayMesh.Admin.Views;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Identity;

namespace GatewayMesh.Guard;

/// <summary>
/// The guard's admin routes: its own responses, and relayed responses of the worker. Without a response of the worker, the guard responds
/// alone.
/// </summary>
internal static class GuardAdmin
{
    private static readonly TimeSpan RelayLimit = TimeSpan.FromMilliseconds(500);

    internal static Dictionary<(string Method, string Path), AdminHandler> Routes(GuardProcess guard) => new()
    {
        [("GET", "/-/live")] = _ => AdminResponse.OfText(200, "ok\n"),
        [("GET", "/-/ready")] = _ => Ready(guard.View),
        [("GET", "/status")] = _ => AdminResponse.OfDocument(200, Status(guard), AdminJson.Default.NodeStatus),
        [("GET", "/metrics")] = request => Metrics(guard, MetricsFormat.IsOpenMetrics(request)),
        [("GET", "/config")] = _ => Relay(guard, "/config"),
        [("GET", "/certs")] = _ =>
            Ask(guard, "/certs") is { IsSuccess: true } answer
                ? answer
                : AdminResponse.OfDocument(
                    200,
                    CertificateView.Document(guard.CertificateReport, guard.Time.GetUtcNow()),
                    AdminJson.Default.CertificatesDocument),
        [("GET", "/endpoints")] = _ => Relay(guard, "/endpoints"),
        [("GET", "/intentions/check")] = request => Relay(guard, $"/intentions/check?{request.Query}"),
        [("GET", "/explain")] = request => Relay(guard, $"/explain?{request.Query}"),
        [("POST", "/drain")] = request =>
        {
            var undo = DrainOrder.Read(request.Body.Span).Undo;
            guard.Drain(undo);
            return AdminResponse.OfText(202, undo ? "returning\n" : "draining\n");
        },
        [("POST", "/upgrade")] = _ =>
        {
            guard.BeginUpgrade();
            return AdminResponse.OfText(202, "upgrading\n");
        },
    };

    private static AdminResponse Ready(GuardView view) => view.Acceptor is Acceptor.Worker or Acceptor.Guard
        ? AdminResponse.OfText(200, $"ok: {view.Tier}\n")
        : AdminResponse.OfText(
            503, $"{view.Acceptor.ToString().ToLowerInvariant()}: {view.Main?.Unfit ?? "no worker serves and no gateway responds"}\n");

    private static NodeStatus Status(GuardProcess guard)
    {
        var view = guard.View;
        return StatusHead.On(
            WorkerParts(guard) with
            {
                Drained = view.Drained,
                Lease = Lease(view, guard.Loop.Counts),
                Upgrade = Upgrade(guard, view),
                Guard = Figures(guard, view),
            },
            guard.Load.Bootstrap,
            Versions.Current,
            guard.Time.GetElapsedTime(guard.StartedAt),
            view.Tier,
            view.Pids);
    }

    // The worker knows more of the certificates, such as why one cannot be renewed; the guard reads the same folder.
    private static NodeStatus WorkerParts(GuardProcess guard) =>
        Ask(guard, "/status") is { IsSuccess: true } answer
            && DocumentReader.Read(answer.Body.Span, AdminJson.Default.NodeStatus) is { } status
                ? status
                : NodeStatus.WithoutWorker with
                {
                    WorkerError = "the worker is not responding; this status comes from the guard alone",
                    Certificates = guard.CertificateReport is { } report
                        ? CertificateView.Of(report, guard.Time.GetUtcNow())
                        : null,
                };

    private static LeaseStatus Lease(GuardView view, GuardCounts counts) => new()
    {
        State = view.Main is { } main ? Word(main.Phase) : "none",
        Acceptor = view.Acceptor.ToString().ToLowerInvariant(),
        Unfit = view.Main?.Unfit,
        Accepted = counts.Accepted,
        Kills = counts.Kills,
        Leases = counts.Leases,
        ProbesFailed = counts.ProbesFailed,
        ProbesPassed = counts.ProbesPassed,
        Restarts = counts.Restarts,
        Revocations = counts.Revocations,
        TimerLate = counts.TimerLate,
    };

    private static UpgradeStatus Upgrade(GuardProcess guard, GuardView view)
    {
        var last = guard.Loop.LastUpgrade;
        return new UpgradeStatus
        {
            Running = view.Upgrading || guard.IsUpgrading,
            Well = last?.Well,
            Reason = last?.Reason,
            LastError = last is { Well: false } ? last.Reason : null,
        };
    }

    private static GuardStatus Figures(GuardProcess guard, GuardView view)
    {
        var carried = guard.Carrier.Counts;
        return new GuardStatus
        {
            PrivateMemoryKiB = MemoryUse.PrivateKiB(),
            Carried = new CarriedStatus
            {
                Open = carried.Open,
                Total = carried.Total,
                Failed = carried.Failed,
                Refused = carried.Refused,
            },
            Gateways =
            [
                .. guard.Watch.Seen.Select(gateway => new GatewayStatus
                {
                    Node = gateway.Node,
                    Address = gateway.Address,
                    State = gateway.Ok ? "answers" : "silent",
                    LastExercise = new ExerciseStatus
                    {
                        Ok = gateway.Ok,
                        AgeSeconds = Math.Round((guard.Watch.Now - gateway.At).TotalSeconds, 1),
                        Error = gateway.Error,
                    },
                }),
            ],
            Workers =
            [
                .. view.Workers.Select(worker => new GuardedWorkerStatus
                {
                    Number = worker.Number,
                    Pid = worker.Pid,
                    Phase = Word(worker.Phase),
                }),
            ],
        };
    }

    private static string Word(WorkerPhase phase) => phase.ToString().ToLowerInvariant();

    private static AdminResponse Metrics(GuardProcess guard, bool isOpen)
    {
        var own = GuardMetrics.Text(guard.View, guard.Loop.Counts, guard.Carrier.Counts, guard.Watch)
            + (guard.CertificateReport is { } certificates ? CertificateMetrics.Text(certificates, guard.Time.GetUtcNow()) : "");
        own = isOpen ? MetricsFormat.ToOpenMetrics(own) : own;
        var text = Ask(guard, isOpen ? MetricsFormat.OpenMetricsPath : "/metrics") is { IsSuccess: true } answer
            ? MetricsText.Join(
                own,
                isOpen ? answer.Text.Replace(MetricsFormat.End, "", StringComparison.Ordinal) : answer.Text,
                GuardMetrics.Tier,
                CertificateMetrics.Leafs,
                CertificateMetrics.Missing,
                CertificateMetrics.Roots)
            : own;
        return MetricsFormat.Respond(isOpen, text);
    }

    private static AdminResponse Relay(GuardProcess guard, string path) =>
        Ask(guard, path) ?? AdminResponse.OfError(503, "worker_silent", "the worker is not responding; see /status for the guard's view");

    private static AdminResponse? Ask(GuardProcess guard, string path) => guard.View.Main is { } worker
        ? AdminClient.TrySend(
            new UnixDomainSocketEndPoint(WorkerPlan.AdminPathOf(guard.Load.Bootstrap.DataDir, worker.Pid)),
            "GET",
            path,
            default,
            RelayLimit)
        : null;
}
