using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Registry;

namespace GatewayMesh.Identity;

/// <summary>
/// Says in the log what becomes of this node's certificates: what ends soon or is over (at once, then once a day), what is missing, what was renewed,
/// and when getting them fails and works again.
/// </summary>
internal sealed class CertificateWatch : IDisposable
{
    /// <summary>Time between two looks: 10 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Again = TimeSpan.FromDays(1);

    private readonly CertificateFolder _folder;
    private readonly CertificateTroubles _troubles;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (CertificateState State, DateTimeOffset At)> _said = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _serials = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private volatile BootstrapSpec _bootstrap;
    private int _looks;

    /// <summary>Looks from now on.</summary>
    public CertificateWatch(BootstrapSpec bootstrap, CertificateFolder folder, CertificateTroubles troubles, EventLog events, TimeProvider time)
    {
        (_bootstrap, _folder, _troubles, _events, _time) = (bootstrap, folder, troubles, events, time);
        troubles.Changed += SayTrouble;
        folder.Changed += SayRenewed;
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>The certificates now.</summary>
    public CertificateReport Report => Of(_bootstrap);

    /// <summary>The node has other identities from now on.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _bootstrap = bootstrap;

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _troubles.Changed -= SayTrouble;
        _folder.Changed -= SayRenewed;
    }

    /// <summary>Says what is to be said now.</summary>
    internal void Look()
    {
        lock (_lock)
        {
            var (report, now) = (Report, _time.GetUtcNow());
            _looks++;
            foreach (var identity in report.Identities)
            {
                // At a start the first ones are on their way.
                if (identity.State != CertificateState.Missing || _looks > 1)
                {
                    Say($"leaf {identity.Service}", identity.State, $"the certificate of {identity.Service}", identity.NotAfter, CertificateFix.Of(_bootstrap.Registry!.Kind, identity.Service, report.Directory), now);
                }
            }

            foreach (var root in report.Roots)
            {
                Say($"root {root.Fingerprint}", root.State, $"the root {root.Subject}", root.NotAfter, CertificateFix.OfRoots(_bootstrap.Registry!.Kind, report.Directory), now);
            }
        }
    }

    private CertificateReport Of(BootstrapSpec bootstrap) => CertificateReport.Of(
        _folder,
        bootstrap.Identities,
        _troubles.Current,
        _time.GetUtcNow(),
        service => bootstrap.Sidecar?.Services.Any(local => local.ClientIdentity && local.Name == service) == true ? Path.Combine(bootstrap.RunDir, service, "identity.pem") : null);

    private void Say(string key, CertificateState state, string what, DateTimeOffset? end, string fix, DateTimeOffset now)
    {
        if (state == CertificateState.Valid)
        {
            _ = _said.Remove(key);
            return;
        }

        if (_said.TryGetValue(key, out var said) && said.State == state && now - said.At < Again)
        {
            return;
        }

        _said[key] = (state, now);
        var left = (end ?? now) - now;
        switch (state)
        {
            case CertificateState.Ending:
                _events.Warning("certificate_ending", $"{what} ends in {CertificateTimes.Text(left)}; {fix}", ("secondsLeft", (long)left.TotalSeconds));
                break;
            case CertificateState.Expired:
                _events.Error("certificate_expired", $"{what} ended {CertificateTimes.Text(-left)} ago and is not used; {fix}", ("secondsLeft", (long)left.TotalSeconds));
                break;
            case CertificateState.NotYetValid:
                _events.Error("certificate_not_yet_valid", $"{what} is not valid yet and not used: the clock of this host is behind; {CertificateFix.OfClock}");
                break;
            default:
                _events.Error("certificate_missing", $"{what} is missing; {fix}");
                break;
        }
    }

    private void SayRenewed()
    {
        lock (_lock)
        {
            foreach (var service in _bootstrap.Identities)
            {
                if (_folder.Newest(service) is { } leaf && _serials.GetValueOrDefault(service) is var before && before != leaf.Certificate.SerialNumber)
                {
                    _serials[service] = leaf.Certificate.SerialNumber;
                    _events.Info(before is null ? "certificate" : "certificate_renewed", $"{leaf.Id} until {leaf.NotAfter:u}", ("service", service), ("serial", leaf.Certificate.SerialNumber));
                }
            }
        }
    }

    private void SayTrouble(string subject, string? reason)
    {
        var what = subject == CertificateTroubles.Roots ? "roots" : $"a certificate for {subject}";
        if (reason is null)
        {
            _events.Info("certificates_available", $"{what} can be had again");
        }
        else
        {
            _events.Warning("certificates_unavailable", $"{what} cannot be had: {reason}; what is there stays in use");
        }
    }
}
