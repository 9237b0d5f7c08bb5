using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

/// <summary>One test for each row of the table of conditions.</summary>
internal sealed class ConditionTests
{
    private const string Called = "web-1 10.0.0.1:8080 http healthy -";

    [Test]
    public void A_pod_without_an_address_is_no_instance() =>
        Assert.That(Of(new SliceEndpoint { Conditions = new EndpointConditions { Ready = true, Serving = true } }), Is.Empty);

    [Test]
    public void A_pod_that_is_not_ready_is_never_called() => Assert.That(Of(Pod(false, false, false)), Is.Empty);

    [Test]
    public void A_ready_pod_is_called() => Assert.That(Of(Pod(true, true, false)), Is.EqualTo(new[] { Called }));

    [Test]
    public void A_terminating_pod_that_still_answers_is_called_only_if_no_other_is_ready()
    {
        Assert.That(Of(Pod(false, true, true)), Is.EqualTo(new[] { Called }));
        Assert.That(
            Of(Pod(false, true, true), Slices.Pod("web-2", "10.0.0.2", true, true, false)),
            Is.EqualTo(new[] { "web-1 10.0.0.1:8080 http unhealthy -", "web-2 10.0.0.2:8080 http healthy -" }));
    }

    [Test]
    public void A_terminating_pod_that_no_longer_answers_is_never_called() => Assert.That(Of(Pod(false, false, true)), Is.Empty);

    [TestCase(false)]
    [TestCase(true)]
    public void With_publishNotReadyAddresses_a_pod_counts_as_ready_whether_it_answers_or_not(bool terminating) =>
        Assert.That(Of(Pod(true, false, terminating)), Is.EqualTo(new[] { Called }));

    [Test]
    public void Absent_conditions_of_a_slice_written_by_hand_count_as_ready()
    {
        Assert.That(Of(Pod(null, null, null)), Is.EqualTo(new[] { Called }));
        var slice = RecordedObjects.ReadSlice(
            """
            {"metadata":{"name":"s","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
             "endpoints":[{"addresses":["10.0.0.9"],"conditions":{}}],"ports":[{"name":"http","port":8080}]}
            """);
        Assert.That(
            Slices.Instances(Slices.Service(Slices.Http), NodePlace.Unknown, slice),
            Is.EqualTo(new[] { "10.0.0.9 10.0.0.9:8080 http healthy -" }));
    }

    [Test]
    public void An_absent_serving_follows_ready() => Assert.That(Of(Pod(false, null, null)), Is.Empty);

    private static SliceEndpoint Pod(bool? ready, bool? serving, bool? terminating) =>
        Slices.Pod("web-1", "10.0.0.1", ready, serving, terminating);

    private static string[] Of(params SliceEndpoint[] endpoints) =>
        Slices.Instances(Slices.Service(Slices.Http), NodePlace.Unknown, Slices.Slice("a", endpoints));
}
