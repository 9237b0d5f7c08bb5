using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Events;
using GatewayMesh.Registry;

namespace GatewayMesh.Identity;

/// <summary>
/// Logs the state of this node's certificates: expiring and expired ones (at once, then daily), missing ones, renewals, and failing and
/// recovered retrieval.
/// </summary>
internal sealed class CertificateWatch : IDisposable
{
    /// <summary>Time between two checks: 10 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Again = TimeSpan.FromDays(1);

    private readonly CertificateFolder _folder;
    private readonly CertificateTroubles _troubles;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (CertificateState State, DateTimeOffset At)> _logged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _serials = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private volatile BootstrapSpec _bootstrap;
    private int _looks;

    /// <summary>Starts the checks.</summary>
    public CertificateWatch(
        BootstrapSpec bootstrap, CertificateFolder folder, CertificateTroubles troubles, EventLog events, TimeProvider time)
    {
        (_bootstrap, _folder, _troubles, _events, _time) = (bootstrap, folder, troubles, events, time);
        troubles.Changed += LogTrouble;
        folder.Changed += LogRenewals;
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>The current report.</summary>
    public CertificateReport Report => Of(_bootstrap);

    /// <summary>Applies new identities of the node.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _bootstrap = bootstrap;

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _troubles.Changed -= LogTrouble;
        _folder.Changed -= LogRenewals;
    }

    /// <summary>Logs pending changes.</summary>
    internal void Look()
    {
        lock (_lock)
        {
            var (report, now) = (Report, _time.GetUtcNow());
            _looks++;
            foreach (var identity in report.Identities)
            {
                // Right after a start the first certificates are still on their way.
                if (identity.State != CertificateState.Missing || _looks > 1)
                {
                    Log(
                        $"leaf {identity.Service}",
                        identity.State,
                        $"the certificate of {identity.Service}",
                        identity.NotAfter,
                        CertificateFix.Of(_bootstrap.Registry!.Kind, identity.Service, report.Directory),
                        now);
                }
            }

            foreach (var root in report.Roots)
            {
                Log(
                    $"root {root.Fingerprint}",
                    root.State,
                    $"the root {root.Subject}",
                    root.NotAfter,
                    CertificateFix.OfRoots(_bootstrap.Registry!.Kind, report.Directory),
                    now);
            }
        }
    }

    private CertificateReport Of(BootstrapSpec bootstrap) => CertificateReport.Of(
        _folder,
        bootstrap.Identities,
        _troubles.Current,
        _time.GetUtcNow(),
        service => bootstrap.Sidecar?.Services.Any(local => local.ClientIdentity && local.Name == service) == true
            ? Path.Combine(bootstrap.RunDir, service, "identity.pem")
            : null);

    private void Log(string key, CertificateState state, string what, DateTimeOffset? end, string fix, DateTimeOffset now)
    {
        if (state == CertificateState.Valid)
        {
            _ = _logged.Remove(key);
            return;
        }

        if (_logged.TryGetValue(key, out var last) && last.State == state && now - last.At < Again)
        {
            return;
        }

        _logged[key] = (state, now);
        var left = (end ?? now) - now;
        switch (state)
        {
            case CertificateState.Ending:
                _events.Warning(
                    "certificate_ending",
                    $"{what} expires in {RoughTime.Text(left)}; {fix}",
                    ("secondsLeft", (long)left.TotalSeconds));
                break;
            case CertificateState.Expired:
                _events.Error(
                    "certificate_expired",
                    $"{what} expired {RoughTime.Text(-left)} ago and is not used; {fix}",
                    ("secondsLeft", (long)left.TotalSeconds));
                break;
            case CertificateState.NotYetValid:
                _events.Error(
                    "certificate_not_yet_valid",
                    $"{what} is not valid yet and not used: this host's clock is behind; {CertificateFix.OfClock}");
                break;
            default:
                _events.Error("certificate_missing", $"{what} is missing; {fix}");
                break;
        }
    }

    private void LogRenewals()
    {
        lock (_lock)
        {
            foreach (var service in _bootstrap.Identities)
            {
                if (_folder.Newest(service) is { } leaf
                    && _serials.GetValueOrDefault(service) is var before
                    && before != leaf.Certificate.SerialNumber)
                {
                    _serials[service] = leaf.Certificate.SerialNumber;
                    _events.Info(
                        before is null ? "certificate" : "certificate_renewed",
                        $"{leaf.Id} until {leaf.NotAfter:u}",
                        ("service", service),
                        ("serial", leaf.Certificate.SerialNumber));
                }
            }
        }
    }

    private void LogTrouble(string subject, string? reason)
    {
        var what = subject == CertificateTroubles.Roots ? "roots" : $"a certificate for {subject}";
        if (reason is null)
        {
            _events.Info("certificates_available", $"{what} can be retrieved again");
        }
        else
        {
            _events.Warning("certificates_unavailable", $"{what} cannot be retrieved: {reason}; the current files stay in use");
        }
    }
}
