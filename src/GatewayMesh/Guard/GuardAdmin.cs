using System.Net.Sockets;
using System.Text;
using System.Text.Json;
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
    private static readonly string[] WorkerParts = [
        "cluster",
        "worker",
        "registry",
        "nameConflict",
        "nodes",
        "troubles",
        "hiddenApplications",
        "cleartextServices",
        "refusedTotal",
        "refused",
        "certificates"];

    internal static Dictionary<(string Method, string Path), AdminHandler> Routes(GuardProcess guard) => new()
    {
        [("GET", "/-/live")] = _ => AdminResponse.OfText(200, "ok\n"),
        [("GET", "/-/ready")] = _ => Ready(guard.View),
        [("GET", "/status")] = _ => AdminResponse.OfJson(200, json => WriteStatus(json, guard)),
        [("GET", "/metrics")] = _ => Metrics(guard),
        [("GET", "/config")] = _ => Relay(guard, "/config"),
        [("GET", "/certs")] = _ =>
            Ask(guard, "/certs") is { IsSuccess: true } answer ? answer : AdminResponse.OfJson(200, json => WriteCertificates(json, guard)),
        [("GET", "/endpoints")] = _ => Relay(guard, "/endpoints"),
        [("GET", "/intentions/check")] = request => Relay(guard, $"/intentions/check?{request.Query}"),
        [("GET", "/explain")] = request => Relay(guard, $"/explain?{request.Query}"),
        [("POST", "/drain")] = request =>
        {
            var undo = DrainRequest.IsUndo(request);
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

    private static void WriteStatus(Utf8JsonWriter json, GuardProcess guard)
    {
        var view = guard.View;
        var counts = guard.Loop.Counts;
        json.WriteStartObject();
        StatusHead.Write(
            json,
            guard.Load.Bootstrap,
            Versions.Current,
            TimeProvider.System.GetElapsedTime(guard.StartedAt),
            view.Tier,
            view.Pids.Select(pid => (pid.Key, pid.Value)));
        json.WriteBoolean("drained", view.Drained);
        json.WriteStartObject("lease");
        json.WriteString("state", view.Main is { } main ? main.Phase.ToString().ToLowerInvariant() : "none");
        json.WriteString("acceptor", view.Acceptor.ToString().ToLowerInvariant());
        json.WriteString("unfit", view.Main?.Unfit);
        foreach (var (name, count) in counts.ToDictionary())
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
        WriteUpgrade(json, guard, view);
        WriteGuard(json, guard, view);
        WriteWorkerParts(json, guard);
        json.WriteEndObject();
    }

    private static void WriteUpgrade(Utf8JsonWriter json, GuardProcess guard, GuardView view)
    {
        json.WriteStartObject("upgrade");
        json.WriteBoolean("running", view.Upgrading || guard.IsUpgrading);
        if (guard.Loop.LastUpgrade is { } last)
        {
            json.WriteBoolean("well", last.Well);
            json.WriteString("reason", last.Reason);
            json.WriteString("lastError", last.Well ? null : last.Reason);
        }

        json.WriteEndObject();
    }

    private static void WriteGuard(Utf8JsonWriter json, GuardProcess guard, GuardView view)
    {
        var carried = guard.Carrier.Counts;
        json.WriteStartObject("guard");
        json.WriteNumber("privateMemoryKiB", MemoryUse.PrivateKiB());
        json.WriteStartObject("carried");
        json.WriteNumber("open", carried.Open);
        json.WriteNumber("total", carried.Total);
        json.WriteNumber("failed", carried.Failed);
        json.WriteNumber("refused", carried.Refused);
        json.WriteEndObject();
        json.WriteStartArray("gateways");
        foreach (var gateway in guard.Watch.Seen)
        {
            json.WriteStartObject();
            json.WriteString("node", gateway.Node);
            json.WriteString("address", gateway.Address);
            json.WriteString("state", gateway.Ok ? "answers" : "silent");
            json.WriteStartObject("lastExercise");
            json.WriteBoolean("ok", gateway.Ok);
            json.WriteNumber("ageSeconds", Math.Round((guard.Watch.Now - gateway.At).TotalSeconds, 1));
            json.WriteString("error", gateway.Error);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("workers");
        foreach (var worker in view.Workers)
        {
            json.WriteStartObject();
            json.WriteNumber("number", worker.Number);
            json.WriteNumber("pid", worker.Pid);
            json.WriteString("phase", worker.Phase.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWorkerParts(Utf8JsonWriter json, GuardProcess guard)
    {
        if (Ask(guard, "/status") is not { IsSuccess: true } answer)
        {
            json.WriteString("workerError", "the worker is not responding; this status comes from the guard alone");
            if (guard.CertificateReport is not null)
            {
                json.WritePropertyName("certificates");
                WriteCertificates(json, guard);
            }

            return;
        }

        using var document = JsonDocument.Parse(answer.Body);
        foreach (var part in document.RootElement.EnumerateObject().Where(part => WorkerParts.Contains(part.Name)))
        {
            part.WriteTo(json);
        }
    }

    private static AdminResponse Metrics(GuardProcess guard)
    {
        var own = GuardMetrics.Text(guard.View, guard.Loop.Counts, guard.Carrier.Counts, guard.Watch)
            + (guard.CertificateReport is { } certificates ? CertificateMetrics.Text(certificates, TimeProvider.System.GetUtcNow()) : "");
        var text = Ask(guard, "/metrics") is { IsSuccess: true } answer
            ? MetricsText.Join(
                own, answer.Text, GuardMetrics.Tier, CertificateMetrics.Leafs, CertificateMetrics.Missing, CertificateMetrics.Roots)
            : own;
        return new AdminResponse(200, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }

    // The worker knows more, such as why a certificate cannot be renewed; the guard reads the same folder.
    private static void WriteCertificates(Utf8JsonWriter json, GuardProcess guard)
    {
        if (guard.CertificateReport is { } report)
        {
            CertificateJson.Write(json, report, TimeProvider.System.GetUtcNow());
        }
        else
        {
            CertificateJson.WritePlaintext(json);
        }
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
