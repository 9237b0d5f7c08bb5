using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Shedding;

public class CriticalityTests
{
    private const string Field = "gatewaymesh-criticality";

    [TestCase("critical", "critical")]
    [TestCase("sheddable", "sheddable")]
    [TestCase("default", null)]
    public async Task An_applications_criticality_is_trusted_and_passed_on(string sent, string? heard)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: {sent}\r\n\r\n");

        Assert.That(payments.Last[Field], Is.EqualTo(heard));
    }

    [Test]
    public async Task The_called_application_receives_the_criticality()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: critical\r\n\r\n");
        Assert.That(payments.Last[Field], Is.EqualTo("critical"));
        Assert.That(
            (await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: urgent\r\n\r\n")).Status,
            Is.EqualTo(400),
            "our own proxies never send it");
    }

    [Test]
    public async Task Criticality_from_outside_is_ignored_in_favor_of_the_policy()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with { Shedding = new() { Criticality = Criticality.Sheddable } };
        var ingress = mesh.Service("payments", payments.HostPort)
            .Service("batch", policy, payments.HostPort)
            .Open(ListenerKind.Ingress, "ingress/8080");
        mesh.Ingress(ingress.Port, ("payments", "payments"), ("batch", "batch"));
        using var client = await RawConnection.To(ingress);

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: critical\r\n\r\n");
        Assert.That(payments.Last.Has(Field), Is.False);
        await client.Ask($"GET / HTTP/1.1\r\nHost: batch\r\n{Field}: critical\r\n\r\n");
        Assert.That(payments.Last[Field], Is.EqualTo("sheddable"));
    }

    [Test]
    public async Task As_a_limit_fills_sheddable_requests_are_refused_first_then_default_ones()
    {
        using var payments = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with
            {
                Limits = new() { MaxConcurrentRequests = 3 },
                Shedding = new() { SheddableShare = 0.3, DefaultShare = 0.6 },
            },
            payments.HostPort);
        var outbound = mesh.Outbound();

        using var one = await Begin("sheddable");
        Assert.That(await Refused("sheddable"), Does.Contain("\"shed\""));
        using var two = await Begin("default");
        Assert.That(await Refused("default"), Does.Contain("\"shed\""));
        using var three = await Begin("critical");
        Assert.That(await Refused("critical"), Does.Contain("\"limit_reached\""));
        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"requests\",criticality=\"sheddable\"} 1"));

        async Task<RawConnection> Begin(string criticality)
        {
            var client = await RawConnection.To(outbound);
            await client.Send($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: {criticality}\r\n\r\n");
            await (await payments.NextConnection()).ReadHead();
            return client;
        }

        async Task<string> Refused(string criticality)
        {
            using var client = await RawConnection.To(outbound);
            var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Field}: {criticality}\r\n\r\n");
            Assert.That((answer.Status, answer["Retry-After"]), Is.EqualTo((503, "1")));
            Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
            return answer.Body;
        }
    }

    [Test]
    public void A_gateway_refuses_sheddable_requests_first_and_admits_critical_ones_to_half_of_its_reserve()
    {
        var host = IPAddress.Parse("10.0.0.1");
        var admission = new GatewayAdmission(40);
        Assert.That(Fill(Criticality.Sheddable), Is.EqualTo((32, LimitVerdict.Shed)));
        Assert.That(Fill(Criticality.Default), Is.EqualTo((35, LimitVerdict.Full)));
        Assert.That(Fill(Criticality.Critical), Is.EqualTo((38, LimitVerdict.Full)));
        Assert.That(admission.TryEnter(IPAddress.Parse("10.0.0.2"), out _), Is.True, "a host without requests gets the other half");
        Assert.That(admission.Counts.RefusedShed, Is.EqualTo(1));

        (int, LimitVerdict) Fill(Criticality criticality)
        {
            LimitVerdict verdict;
            while ((verdict = admission.TryEnter(host, criticality, out _)) == LimitVerdict.Admitted)
            {
            }

            return (admission.Counts.InFlight, verdict);
        }
    }
}
