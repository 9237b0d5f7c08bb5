using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Documents;

/// <summary>Parses <c>/status</c>, tolerating absent members.</summary>
public static class StatusReader
{
    /// <summary>Parses <paramref name="json"/>; null when it is not a JSON object.</summary>
    public static NodeStatus? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Node(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static NodeStatus Node(JsonElement root)
    {
        var guard = root.Part("guard");
        var ingress = root.Part("ingress");
        return new NodeStatus
        {
            Node = root.Text("node"),
            Role = root.Text("role"),
            Version = root.Text("version"),
            Identity = root.Text("identity"),
            UptimeSeconds = root.Number("uptimeSeconds"),
            Pids = Pids(root),
            Tier = root.Text("tier"),
            Lease = root.Part("lease") is { } lease
                ? new LeaseStatus(
                    lease.Text("state"), (long)lease.Number("leases"), (long)lease.Number("restarts"), (long)lease.Number("kills"))
                : null,
            Upgrade = root.Part("upgrade") is { } upgrade
                ? new UpgradeStatus(upgrade.Flag("running") ?? false, upgrade.Flag("well"), upgrade.Text("reason"))
                : null,
            Carried = guard?.Part("carried") is { } carried
                ? new CarriedStatus(
                    (long)carried.Number("open"),
                    (long)carried.Number("total"),
                    (long)carried.Number("failed"),
                    (long)carried.Number("refused"))
                : null,
            Gateways = [.. guard.Items("gateways").Select(Gateway)],
            Worker = root.Part("worker") is { } worker
                ? new WorkerStatus(
                    worker.Text("revision"),
                    (long)worker.Number("connections"),
                    (long)worker.Number("inflight"),
                    (long)worker.Number("requests"),
                    worker.Number("rate"))
                : null,
            Registry = root.Part("registry") is { } registry
                ? new RegistryStatus(
                    registry.Text("kind"),
                    registry.Flag("synced") ?? false,
                    registry.Text("revision"),
                    [.. registry.Items("errors").Select(ErrorText)],
                    registry.Text("target"))
                {
                    Reached = registry.Flag("reached") ?? true,
                    Age = registry.TryGetProperty("ageSeconds", out _) ? TimeSpan.FromSeconds(registry.Number("ageSeconds")) : null,
                    PublishError = TextOrNull(registry, "publishError"),
                }
                : null,
            Certificates = root.Part("certificates") is { } certificates
                ? new CertificatesStatus(
                    certificates.Text("directory"),
                    [.. certificates.Items("identities").Select(identity => Certificate(identity, "service", "id"))],
                    [.. certificates.Items("roots").Select(each => Certificate(each, "subject", "trustDomain"))],
                    [.. certificates.Items("errors").Select(ErrorText)])
                : null,
            NameConflict = TextOrNull(root, "nameConflict"),
            Nodes = [.. root.Items("nodes").Select(Peer)],
            Listeners =
            [
                .. root.Items("listeners")
                    .Where(listener => Address(listener.Text("address")) is not null)
                    .Select(listener => (listener.Text("name"), Address(listener.Text("address"))!)),
            ],
            Troubles =
            [
                .. root.Items("troubles").Select(each => new TroubleStatus(
                    each.Text("kind"),
                    each.Text("service"),
                    each.Text("instance"),
                    each.Text("node"),
                    each.Text("address"),
                    each.Text("reason"),
                    each.Number("seconds"))),
            ],
            HiddenApplications = [.. root.Items("hiddenApplications").Select(each => (each.Text("service"), each.Text("application")))],
            CleartextServices = [.. root.Items("cleartextServices").Select(ErrorText)],
            RefusedTotal = (int)root.Number("refusedTotal"),
            Refused =
            [
                .. root.Items("refused").Select(
                    each => new RefusedRecordStatus(
                        each.Text("service"), each.Text("id"), each.Text("address"), each.Text("because"), each.Text("fix"))),
            ],
            BootstrapPorts = Ports(ingress, "bootstrapPorts"),
            EntryPorts = Ports(ingress, "entryPorts"),
            PublicCertificates =
            [
                .. (ingress?.Items("certificates") ?? []).Select(each => new PublicCertificateStatus(
                    (int)each.Number("port"),
                    each.Text("file"),
                    TimeSpan.FromSeconds(each.Number("secondsLeft")),
                    each.Text("refused") is { Length: > 0 } refused ? refused : null)),
            ],
        };
    }

    private static GatewayStatus Gateway(JsonElement gateway)
    {
        var exercise = gateway.Part("lastExercise");
        return new GatewayStatus(
            gateway.Text("node"),
            gateway.Text("address"),
            gateway.Text("state"),
            exercise?.Flag("ok"),
            exercise?.Number("ageSeconds") ?? 0,
            exercise?.Text("error") is { Length: > 0 } error ? error : null);
    }

    private static CertificateStatus Certificate(JsonElement certificate, string name, string id) =>
        new(
            certificate.Text(name),
            certificate.Text("state"),
            TimeSpan.FromSeconds(certificate.Number("secondsLeft")),
            certificate.Text(id),
            TextOrNull(certificate, "trouble"),
            TextOrNull(certificate, "clientFile"));

    private static string? TextOrNull(JsonElement element, string name) => element.Text(name) is { Length: > 0 } text ? text : null;

    private static PeerStatus Peer(JsonElement peer) => new()
    {
        Node = peer.Text("node"),
        Role = peer.Text("role").ToLowerInvariant(),
        Version = peer.Text("version"),
        Revision = peer.Text("revision"),
        Synced = peer.Flag("synced") ?? true,
        Tier = peer.Text("tier"),
        Pids = Pids(peer),
        Admin = Address(peer.Text("admin")),
        RequestRate = peer.Number("requestRate"),
        Alive = peer.Flag("alive") ?? true,
        AgeSeconds = peer.Number("ageSeconds"),
    };

    private static ImmutableSortedDictionary<string, int> Pids(JsonElement of) =>
        of.Part("pids") is { } pids
            ? pids.EnumerateObject()
                .Where(pid => pid.Value.ValueKind == JsonValueKind.Number && pid.Value.TryGetInt32(out _))
                .DistinctBy(pid => SafeText.OneLine(pid.Name), StringComparer.Ordinal)
                .ToImmutableSortedDictionary(pid => SafeText.OneLine(pid.Name), pid => pid.Value.GetInt32(), StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, int>.Empty;

    private static ImmutableArray<int> Ports(JsonElement? of, string name) =>
        [.. of.Items(name).Where(port => port.ValueKind == JsonValueKind.Number).Select(port => port.GetInt32())];

    private static HostPort? Address(string text) => HostPort.TryParse(text, out var address) ? address : null;

    // An error is a sentence or an object with a sentence.
    private static string ErrorText(JsonElement error) =>
        SafeText.OneLine(error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText());
}
