// What preact.js exports, for the type checker.
export { Component, createContext, h, render } from "preact";
export * from "preact/hooks";
export declare const html: (strings: TemplateStringsArray, ...values: any[]) => import("preact").VNode;
