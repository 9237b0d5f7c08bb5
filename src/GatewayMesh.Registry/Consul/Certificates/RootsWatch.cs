using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>
/// Follows the roots of Consul's authority and stores the roots in the node's folder. Roots belong to the cluster, so any agent may answer.
/// </summary>
internal sealed class RootsWatch(CertificateFolder folder, CertificateTroubles troubles, WatchContext context)
{
    private const string Path = "/v1/agent/connect/ca/roots";

    private readonly BlockingQuery _query = new(Path, context.Times, context.Jitter);
    private readonly TrustedRoots _roots = new(context.Time);
    private readonly Lock _turn = new();
    private string? _put;

    /// <summary>Follows the roots until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (folder.Trust is { } known)
        {
            _roots.Recall(
                new ConsulRoots(
                    known.TrustDomain,
                    [
                        .. known.Roots.Select(
                            root => new ConsulRoot(
                                Convert.ToHexStringLower(root.GetCertHash(HashAlgorithmName.SHA256)), root.ExportCertificatePem(), []))]));
        }

        for (var errors = 0; !cancellation.IsCancellationRequested;)
        {
            try
            {
                var answer = await context.Agents.GetAsync(_query.Ask, cancellation).ConfigureAwait(false);
                var roots = AuthorityReader.Roots(answer.OrThrow().Body);
                _ = _query.Take(answer);
                Put(() => _roots.Take(roots), cancellation);
                errors = 0;
                troubles.Report(CertificateTroubles.Roots, null);
                if (answer.Index is null or 0)
                {
                    await Task.Delay(
                        context.Jitter.Around(context.Times.AgentLiveness, 0.2), context.Time, cancellation).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (
                failure is IOException
                    or JsonException
                    or InvalidOperationException
                    or KeyNotFoundException
                    or FormatException
                    or CertificateException)
            {
                _query.Reset();
                troubles.Report(CertificateTroubles.Roots,
                    failure is IOException ? failure.Message : $"{Path}: the answer is not a valid Consul answer ({failure.Message})");
                await Task.Delay(
                    context.Pause(++errors), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Put(Action change, CancellationToken cancellation)
    {
        lock (_turn)
        {
            change();
            if (_roots.ToPem() is var pem && pem != _put)
            {
                if (_roots.NextExpiry is { } rest)
                {
                    _ = ExpireAsync(rest, cancellation);
                }

                folder.PutTrust(pem);
                _put = pem;
            }
        }
    }

    private async Task ExpireAsync(TimeSpan after, CancellationToken cancellation)
    {
        await Task.Delay(after, context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellation.IsCancellationRequested)
        {
            // Roots still on disk when this process ends are removed by the next process.
            Put(() => { }, cancellation);
        }
    }
}
