using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Kubernetes.Access;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>
/// A thin client of one API server. Errors are values. After a 401 the credential is read again, and the request is sent once more if it
/// has changed.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private readonly ApiAccess _access;
    private readonly ApiClientOptions _options;
    private readonly ApiConnections _connections;
    private readonly HttpMessageInvoker? _invoker;

    // The address may have a path, as that of a proxy in front of several clusters.
    private readonly string _root;

    /// <summary>Creates a client. Nothing is read or opened before the first request.</summary>
    public ApiClient(ApiAccess access, ApiClientOptions options)
        : this(access, options, null)
    {
    }

    /// <summary>Creates a client with other connections, for tests.</summary>
    internal ApiClient(ApiAccess access, ApiClientOptions options, HttpMessageInvoker? invoker)
    {
        ArgumentNullException.ThrowIfNull(access);
        (_access, _options, _connections, _invoker) = (access, options, new ApiConnections(access), invoker);
        _root = access.Server.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The server's name in messages, such as <c>10.96.0.1:443</c>.</summary>
    public string Name => _access.Server.Authority;

    /// <summary>Namespace of this pod or context.</summary>
    public string Namespace => _access.Namespace;

    /// <summary>Sends a GET for one object.</summary>
    public Task<ApiResult<T>> GetAsync<T>(string path, JsonTypeInfo<T> json, CancellationToken cancellation)
        where T : class =>
        CallAsync(new ApiRequest(HttpMethod.Get, path), json, cancellation);

    /// <summary>Sends a POST, which creates an object or asks a question, such as a TokenReview.</summary>
    public Task<ApiResult<TAnswer>> PostAsync<T, TAnswer>(
        string path, T body, JsonTypeInfo<T> json, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation)
        where TAnswer : class =>
        CallAsync(Bodied(HttpMethod.Post, path, body, json), answer, cancellation);

    /// <summary>
    /// Sends a PUT of a whole object. Leases and custom resources demand a <c>resourceVersion</c>; an older one than the newest is 409.
    /// </summary>
    public Task<ApiResult<TAnswer>> PutAsync<T, TAnswer>(
        string path, T body, JsonTypeInfo<T> json, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation)
        where TAnswer : class =>
        CallAsync(Bodied(HttpMethod.Put, path, body, json), answer, cancellation);

    /// <summary>Sends a PATCH.</summary>
    public Task<ApiResult<TAnswer>> PatchAsync<T, TAnswer>(
        string path, ApiPatch form, T body, JsonTypeInfo<T> json, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation)
        where TAnswer : class =>
        CallAsync(
            Bodied(HttpMethod.Patch, path, body, json) with
            {
                BodyType = form == ApiPatch.Merge ? "application/merge-patch+json" : "application/json-patch+json",
            },
            answer,
            cancellation);

    /// <summary>
    /// Sends a server-side apply. The body needs <c>apiVersion</c>, <c>kind</c>, and <c>metadata.name</c>; the same content again changes
    /// nothing. Not for <c>status.parents</c> of routes: the list is atomic, and a forced apply deletes the entries of others.
    /// </summary>
    /// <param name="path">Path of the object or its subresource.</param>
    /// <param name="manager">Owner of the written fields, such as <c>gatewaymesh-control</c>.</param>
    /// <param name="force">True to take over fields that others own; false: 409 if there are any.</param>
    /// <param name="body">The fields.</param>
    /// <param name="json">JSON of the body.</param>
    /// <param name="answer">JSON of the answer.</param>
    /// <param name="cancellation">Ends the request.</param>
    public Task<ApiResult<TAnswer>> ApplyAsync<T, TAnswer>(
        string path,
        string manager,
        bool force,
        T body,
        JsonTypeInfo<T> json,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellation)
        where TAnswer : class =>
        CallAsync(
            Bodied(
                HttpMethod.Patch, $"{path}?fieldManager={Uri.EscapeDataString(manager)}{(force ? "&force=true" : "")}", body, json) with
            {
                BodyType = "application/apply-patch+yaml",
            },
            answer,
            cancellation);

    /// <summary>Sends a DELETE. Returns the error; null after success.</summary>
    public async Task<ApiError?> DeleteAsync(string path, CancellationToken cancellation)
    {
        var (_, error) = await WholeAsync(new ApiRequest(HttpMethod.Delete, path), _options.Patience, cancellation).ConfigureAwait(false);
        return error;
    }

    /// <summary>Lists all objects, page by page.</summary>
    public async Task<ApiResult<ApiList<T>>> ListAsync<T>(
        ApiResource<T> resource, ApiSelection selection, CancellationToken cancellation)
        where T : class, IKubernetesObject
    {
        var items = ImmutableArray.CreateBuilder<T>();
        string? unreadable = null;
        var list = new ListMeta();
        do
        {
            var page = await PageAsync(
                resource,
                selection,
                list.Continue,
                fromCache: false,
                read =>
                {
                    unreadable ??= read.Problem is null ? null : $"{read.Metadata.Key}: {read.Problem}";
                    if (read.Value is { } value)
                    {
                        items.Add(value);
                    }
                },
                cancellation).ConfigureAwait(false);
            if (!page.IsOk)
            {
                return new(page.Error);
            }

            list = page.Value;
        }
        while (list.Continue.Length > 0);
        return unreadable is null
            ? new(new ApiList<T>(items.ToImmutable(), list.ResourceVersion))
            : new(new ApiError(200, ApiError.Unreadable, $"GET {resource.PathOf(selection.Namespace)}: {unreadable}"));
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    /// <summary>Reads one page of a list.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="selection">The objects.</param>
    /// <param name="next">Token of the page; empty for the first.</param>
    /// <param name="fromCache">True to read the cache of the server as it is, for a server that cannot reach its store.</param>
    /// <param name="take">Takes each object.</param>
    /// <param name="cancellation">Ends the request.</param>
    internal async Task<ApiResult<ListMeta>> PageAsync<T>(
        ApiResource<T> resource,
        ApiSelection selection,
        string next,
        bool fromCache,
        Action<ReadOutcome<T>> take,
        CancellationToken cancellation)
        where T : class, IKubernetesObject
    {
        var query = next.Length > 0 ? $"limit={_options.PageSize}&continue={Uri.EscapeDataString(next)}"
            : fromCache ? "resourceVersion=0"
            : $"limit={_options.PageSize}";
        var request = new ApiRequest(HttpMethod.Get, selection.Question(resource.PathOf(selection.Namespace), query))
        {
            Accept = resource.IsMetadataOnly
                ? "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
                : ApiRequest.Json,
        };
        var (body, error) = await WholeAsync(request, _options.ListPatience, cancellation).ConfigureAwait(false);
        try
        {
            return error is null ? new(PageReader.Read(body.Span, resource.Json, take)) : new(error);
        }
        catch (JsonException failure)
        {
            return new(Unreadable(request, failure));
        }
    }

    /// <summary>Opens a stream. The caller ends it by <paramref name="cancellation"/>, also while it waits for the head of the answer.</summary>
    internal async Task<ApiResult<ApiStream>> OpenAsync(ApiRequest request, CancellationToken cancellation)
    {
        try
        {
            var response = await SendAsync(request, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                using (response)
                {
                    return new(await ErrorAsync(response, cancellation).ConfigureAwait(false));
                }
            }

            return new(new ApiStream(response, await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false)));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new(Unreachable(failure));
        }
    }

    private static ApiRequest Bodied<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> json) =>
        new(method, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, json) };

    private async Task<ApiResult<T>> CallAsync<T>(ApiRequest request, JsonTypeInfo<T> json, CancellationToken cancellation)
        where T : class
    {
        var (body, error) = await WholeAsync(request, _options.Patience, cancellation).ConfigureAwait(false);
        try
        {
            return error is not null ? new(error)
                : JsonSerializer.Deserialize(body.Span, json) is { } value ? new(value)
                : throw new JsonException("the answer is null");
        }
        catch (JsonException failure)
        {
            return new(Unreadable(request, failure));
        }
    }

    private async Task<(ReadOnlyMemory<byte> Body, ApiError? Error)> WholeAsync(
        ApiRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var response = await SendAsync(request, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return (default, await ErrorAsync(response, either.Token).ConfigureAwait(false));
            }

            var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                return (await BoundedBody.ReadAsync(stream, BoundedBody.Most, isCut: false, either.Token).ConfigureAwait(false), null);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (default, new ApiError(0, ApiError.NoAnswer, $"{Name} did not answer within {patience.TotalSeconds:0.#} s"));
        }
        catch (InvalidDataException failure)
        {
            return (default, Unreadable(request, failure));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (default, Unreachable(failure));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        var credential = await _access.Credentials.CurrentAsync(cancellation).ConfigureAwait(false);
        var response = await SendAsync(request, credential, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            _access.Credentials.Refuse(credential);
            var again = await _access.Credentials.CurrentAsync(cancellation).ConfigureAwait(false);
            if (!ReferenceEquals(again, credential))
            {
                response.Dispose();
                response = await SendAsync(request, again, cancellation).ConfigureAwait(false);
            }
        }

        WarningReader.Report(response.Headers, _options.Warned);
        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, ApiCredential credential, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(_root + request.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _ = message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        _ = message.Headers.TryAddWithoutValidation("User-Agent", _options.Agent);
        message.Headers.Host = _access.ServerName;
        if (credential.Token is { } token)
        {
            _ = message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.BodyType);
        }

        return await (_invoker ?? _connections.For(credential)).SendAsync(message, cancellation).ConfigureAwait(false);
    }

    private async Task<ApiError> ErrorAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = await BoundedBody.ReadAsync(stream, BoundedBody.MostOfError, isCut: true, cancellation).ConfigureAwait(false);
            return ErrorReader.Read(response, body.Span, _options.Time);
        }
    }

    private ApiError Unreachable(Exception failure) => new(
        0,
        ApiError.Unreachable,
        failure is HttpRequestException
            ? $"{Name} cannot be reached: {ApiError.OneLine((failure.InnerException ?? failure).Message)}"
            : $"{Name}: {ApiError.OneLine(failure.Message)}");

    private ApiError Unreadable(ApiRequest request, Exception failure) => new(
        200, ApiError.Unreadable, $"{Name}: the answer to {request.Method} {request.Path} cannot be read: {ApiError.OneLine(failure.Message)}");
}
