using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Listeners;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// Current certificates of a public listener. Changed files are read again; unreadable files leave the last good certificates in use.
/// </summary>
internal sealed class EdgeTls
{
    private readonly IngressTlsSpec _spec;
    private readonly ImmutableArray<string> _files;
    private volatile CertificateTable? _table;
    private ImmutableArray<FileTrace> _seen;
    private ImmutableArray<ConfigError> _refused = [];
    private bool _suspect;

    public EdgeTls(IngressTlsSpec spec)
    {
        _spec = spec;
        _files = [
            .. spec.Certificates.SelectMany(file => new[] { file.Cert, file.Key }),
            .. spec.ClientCa is { } ca ? [ca.File] : ImmutableArray<string>.Empty];
        _seen = Look();
        _table = CertificateTable.Read(spec, out _refused);
        Terms = Of;
    }

    /// <summary>TLS terms of the listener.</summary>
    public TlsTerms Terms { get; }

    /// <summary>Certificates in use; empty if the files were never readable.</summary>
    public ImmutableArray<EdgeCertificate> Certificates => _table?.Certificates ?? [];

    /// <summary>Errors in the current files; empty if they are in use.</summary>
    public ImmutableArray<ConfigError> Refused => _refused;

    /// <summary>
    /// Checks the files and reads them again if they have changed. Certificate and key are rarely replaced at the same instant, so an
    /// unusable pair is checked once more before it is reported.
    /// </summary>
    public EdgeTlsChange Refresh()
    {
        ImmutableArray<FileTrace> now;
        try
        {
            now = _files.IsEmpty ? [] : TimedRead.Run(_files[0], TimedRead.Limit, Look);
        }
        catch (IOException blocked)
        {
            // The disk hangs. The certificates in use stay in use; the files are read again when the disk responds.
            var isReported = _refused.Any(error => error.File == _files[0] && error.Line == 0);
            _refused = [
                new ConfigError(
                    SourceLocation.Option(_files[0]),
                    "",
                    blocked.Message,
                    "check the disk or the network share; the current certificates stay in use")];
            _seen = [];
            return isReported ? EdgeTlsChange.None : EdgeTlsChange.Refused;
        }

        var isNew = !now.AsSpan().SequenceEqual(_seen.AsSpan());
        if (!isNew && !_suspect)
        {
            return EdgeTlsChange.None;
        }

        _seen = now;
        if (CertificateTable.Read(_spec, out var errors) is { } table)
        {
            _table = table;
            _refused = [];
            _suspect = false;
            return EdgeTlsChange.Replaced;
        }

        if (isNew)
        {
            _suspect = true;
            return EdgeTlsChange.None;
        }

        _suspect = false;
        _refused = errors;
        return EdgeTlsChange.Refused;
    }

    private ServerTls? Of(InboundConnection inbound, string host) => _table?.For(host);

    private ImmutableArray<FileTrace> Look() => [.. _files.Select(FileTrace.Of)];
}
